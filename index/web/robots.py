"""What a site's robots.txt allows (https://www.rfc-editor.org/rfc/rfc9309). Pure.

Protego rather than Python's urllib.robotparser, which knows no wildcards and takes the first rule, not the longest.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.web.client import NAME, Response

if TYPE_CHECKING:
    from protego import Protego

MAX_BYTES = 512_000
"""Of a robots.txt, as much is heeded; the standard's least is 500 KiB."""

_UNAVAILABLE = range(400, 500)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for us."""

    rules: "Protego"

    def allows(self, url: str) -> bool:
        """Whether we may fetch it."""
        return bool(self.rules.can_fetch(url, NAME))

    @property
    def delay(self) -> float:
        """Seconds to pause between two requests; 0 where it does not say."""
        return float(self.rules.crawl_delay(NAME) or 0)


def read(response: Response) -> Robots | None:
    """The rules that a response to the request for robots.txt stands for; None if the site is in trouble.

    A site without the file allows all, one whose server fails allows nothing for now
    (https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1).
    """
    if response.status in _UNAVAILABLE:
        return _parsed("")
    if not response.body and response.status != 200:  # noqa: PLR2004 - HTTP's OK
        return None
    return _parsed(response.body[:MAX_BYTES].decode("utf-8", "replace"))


def _parsed(text: str) -> Robots:
    from protego import Protego  # noqa: PLC0415 - only what follows sources needs it

    return Robots(Protego.parse(text))
