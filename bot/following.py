"""Following sources: one thread for each host that is being asked, and one that writes all they find.

The threads keep nothing. What they find goes through a queue to the thread that runs `follow`, which puts it into the
index first and only then notes that it is known. So a process that is killed at any instant loses nothing: what was
not noted is fetched again, and what is in the index already is found unchanged.
"""

import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import filelock

from bot.settings import Index, claim_index
from index.errors import InputError, StoreLocked
from index.ingest import Ingest
from index.sources.looking import look
from index.sources.register import Register
from index.sources.types import Found, Known, Outcome, Source
from index.types import Failure
from index.web.visitor import Visitor

HOSTS = 64
"""Hosts asked at once; each costs a thread that mostly waits."""

BATCH = 64
"""Articles written together at most; a batch takes well under a second, so news is searchable in that time."""

WAITING = 256
"""Articles that wait to be written before those who find more must wait too: this bounds the memory."""

TICK = 0.5
"""Seconds between looks at which sources are due, and at whether another process has left the index."""


@dataclass(slots=True)
class Polled:
    """One look at one source, when all of it is in the index."""

    source: Source
    new: int = 0
    changed: int = 0
    failures: list[Failure] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)


Event: TypeAlias = tuple[Source, Found | Outcome]
Tell: TypeAlias = Callable[[Polled], None]


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Follow the sources of a folder as the only process that does; raises StoreLocked if another one does."""
    data.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(data / "follow.lock")
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout as held:
        raise StoreLocked(f"another process is following the sources of {data}: stop it first") from held
    try:
        yield
    finally:
        lock.release()


def follow(data: Path, visitor: Visitor, tell: Tell, *, once: bool) -> None:
    """Look at each source when it is due and put what is new into the index; until interrupted.

    Args:
        data: The folder of the index and the sources.
        visitor: Fetches.
        tell: Told of each look when it is over.
        once: Look at each source one time, due or not, except those whose host asked to be left alone; then return.

    Raises:
        InputError: There are no sources, and it is to be done once.
        StoreLocked: Another process is following.
        StoreError, EncoderError: As `claim_index` does.
    """
    with alone(data), closing(Register(data)) as register:
        if once and not register.sources(time.time()):
            raise InputError("there are no sources to follow: name one with `dateline sources add URL`")
        _Following(data, visitor, register, tell, once=once).run()


class _Following:
    def __init__(self, data: Path, visitor: Visitor, register: Register, tell: Tell, *, once: bool) -> None:
        self._data = data
        self._visitor = visitor
        self._register = register
        self._tell = tell
        self._once = once
        self._events: queue.Queue[Event] = queue.Queue(WAITING)
        self._busy: dict[str, Polled] = {}
        self._done: set[int] = set()

    def run(self) -> None:
        while True:
            self._start()
            if self._once and not self._busy:
                return
            batch = self._arrived()
            self._write(batch)
            for source, event in batch:
                if isinstance(event, Outcome):
                    self._settle(source, event)

    def _start(self) -> None:
        """Begin to look at the sources that are due, one of each host."""
        now = time.time()
        for source in self._register.sources(now):
            if len(self._busy) < HOSTS and source.host not in self._busy and self._is_due(source, now):
                self._busy[source.host] = Polled(source)
                self._done.add(source.key)
                memory = self._register.memory(source)
                threading.Thread(target=self._look, args=(source, memory), daemon=True).start()

    def _is_due(self, source: Source, now: float) -> bool:
        wanted = source.key not in self._done if self._once else source.due <= now
        return wanted and source.closed_until <= now

    def _look(self, source: Source, memory: Mapping[str, Known]) -> None:
        """In a thread of its own, which a source can at most bring to its own end."""
        try:
            outcome = look(source, memory, self._visitor, lambda found: self._events.put((source, found)))
        except Exception as error:  # noqa: BLE001 - parsers that are fed anything; the other sources go on
            outcome = Outcome(error=f"cannot be understood ({type(error).__name__})")
        self._events.put((source, outcome))

    def _arrived(self) -> list[Event]:
        """What has been found; waits for it as long as a tick."""
        batch: list[Event] = []
        with suppress(queue.Empty):
            batch.append(self._events.get(timeout=TICK))
            while len(batch) < BATCH:
                batch.append(self._events.get_nowait())
        return batch

    def _write(self, batch: list[Event]) -> None:
        """Into the index, and then into the register what is known now."""
        found: dict[str, list[Found]] = defaultdict(list)
        for source, event in batch:
            if isinstance(event, Found):
                found[source.host].append(event)
        if found:
            with closing(self._claimed()) as index:
                for host, some in found.items():
                    self._put(index, self._busy[host], some)

    def _put(self, index: Index, polled: Polled, found: list[Found]) -> None:
        run = Ingest(index.store, index.encoder)
        run.put(one.item for one in found)
        polled.new += run.report.new
        polled.changed += run.report.changed
        polled.failures += run.report.failures
        self._register.remember(polled.source, found, run.report.new, time.time())

    def _claimed(self) -> Index:
        """The index, for writing; waits for another process that has it."""
        while True:
            try:
                return claim_index(self._data, None, lambda *_: None)
            except StoreLocked:
                time.sleep(TICK)

    def _settle(self, source: Source, outcome: Outcome) -> None:
        polled = self._busy.pop(source.host)
        polled.outcome = outcome
        self._register.settle(source, outcome, time.time(), brought=bool(polled.new or polled.changed))
        self._tell(polled)
