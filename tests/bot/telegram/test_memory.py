"""What is remembered of chats, and for how long."""

from dataclasses import replace

from bot.telegram.memory import MAX_CHATS, MAX_EXCHANGES, Exchange, Memory, Place
from bot.types import Answer, Searched
from index.types import EVERYTHING

HERE, TOPIC, ELSEWHERE = Place(1), Place(1, 5), Place(2)
ANSWER = Answer("Who?", "not_found", "", None, (), (), (), Searched(0, None, EVERYTHING), (), "extractive", 0.0, 0.0)


def exchange(asked: str = "Who?") -> Exchange:
    return Exchange(asked, ANSWER, EVERYTHING, [])


def test_each_place_has_its_own_turns() -> None:
    memory = Memory()
    memory.remember(HERE, [10, 11], exchange("Who?"))
    assert [turn.question for turn in memory.conversation(HERE).turns] == ["Who?"]
    assert not memory.conversation(TOPIC).turns
    assert not memory.conversation(ELSEWHERE).turns
    assert memory.exchange(1, 10) is memory.exchange(1, 11) is memory.conversation(HERE).last
    assert memory.exchange(2, 10) is None


def test_reset_forgets_a_place_and_forget_a_chat() -> None:
    memory = Memory()
    for place, message in ((HERE, 10), (TOPIC, 11), (ELSEWHERE, 12)):
        memory.remember(place, [message], exchange())
    memory.reset(HERE)
    assert memory.conversation(HERE).last is None
    assert memory.exchange(1, 10) is None
    assert memory.conversation(TOPIC).last
    memory.forget(1)
    assert memory.conversation(TOPIC).last is None
    assert memory.exchange(2, 12)


def test_the_oldest_are_forgotten_first() -> None:
    memory = Memory()
    for n in range(MAX_EXCHANGES + 1):
        memory.remember(HERE, [n], exchange())
    assert memory.exchange(1, 0) is None
    assert memory.exchange(1, MAX_EXCHANGES)
    memory.conversation(HERE).context = "kept"
    for n in range(MAX_CHATS):
        memory.conversation(Place(100 + n))
    assert memory.conversation(HERE).context == ""


def test_a_thing_is_done_once() -> None:
    one = replace(exchange())
    assert one.once("sources")
    assert not one.once("sources")
