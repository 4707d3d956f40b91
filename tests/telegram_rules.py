"""What Telegram would make of a text or refuse, as its own library says (TDLib, without network or login)."""

import json
from collections.abc import Mapping
from typing import Any

import tdjson

MAX_UNITS, MAX_ENTITIES = 4_096, 100


class Refused(Exception):
    """Telegram's words for what is wrong with a text."""


def execute(request: Mapping[str, object]) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"null")


execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def parsed(html: str) -> tuple[str, list[dict[str, Any]]]:
    """The words of a text in Telegram's HTML and its entities, those that Telegram finds by itself too."""
    answer = execute({"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}})
    if answer["@type"] == "error":
        raise Refused(f"Bad Request: can't parse entities: {answer['message']}")
    found = execute({"@type": "getTextEntities", "text": answer["text"]})
    return answer["text"], [*answer["entities"], *found["entities"]]


def check(text: str, *, html: bool) -> None:
    """Raises Refused for a text that cannot be sent."""
    words, entities = parsed(text) if html else (text, [])
    if not words.strip():
        raise Refused("Bad Request: message text is empty")
    if len(words.encode("utf-16-le")) // 2 > MAX_UNITS:
        raise Refused("Bad Request: message is too long")
    if len(entities) > MAX_ENTITIES:
        raise Refused("Bad Request: too many entities")  # Telegram drops the rest without a word
