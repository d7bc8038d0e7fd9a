"""What changes from run to run in a recording, made variable: IDs and indexes that come out of earlier answers."""

import re
from collections.abc import Iterator
from typing import Any

from mockserver.recorder.exchanges import JSON

_ID = re.compile(
    r"(?<![\w.~-])[\w.~-]++(?:/|%2[fF])(?:dispatch-\d+-[0-9a-f]{8}|periodic-\d+)"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_INDEX = re.compile(r"(?<![^&])index=([1-9]\d*)(?=&|$)")
_HEADER = "X-Nomad-Index"


def with_variables(steps: list[JSON]) -> None:
    """Add ``capture`` and ``captured`` to steps, and ``template`` to requests that repeat what was captured."""
    known: dict[tuple[int, str], str] = {}
    for number, step in enumerate(steps):
        for exchange in (step, *step.get("during", ())):
            template = exchange["request"]
            for value in dict.fromkeys(_ID.findall(json_text(template))):
                place = _place(steps[:number], value)
                if place is not None:
                    name = _name(known, steps, *place, value)
                    template = _replaced(template, value, name)
            template = _with_index(template, steps[:number], known)
            if template != exchange["request"]:
                exchange["template"] = template


def json_text(request: JSON) -> str:
    """Return all text of a request in which a variable can stand."""
    return "\n".join([request["path"], request["query"], request["body"] or "", *request["headers"].values()])


def _with_index(template: JSON, earlier: list[JSON], known: dict[tuple[int, str], str]) -> JSON:
    found = _INDEX.search(template["query"])
    if found is None:
        return template
    for number in range(len(earlier) - 1, -1, -1):
        if earlier[number]["response"]["headers"].get(_HEADER) == found[1]:
            name = _name(known, earlier, number, _HEADER, found[1])
            query = f"{template['query'][: found.start(1)]}${{{name}}}{template['query'][found.end(1) :]}"
            return {**template, "query": query}
    return template


def _place(earlier: list[JSON], value: str) -> tuple[int, str] | None:
    """Return the latest step whose answer has this value, and where."""
    for number in range(len(earlier) - 1, -1, -1):
        pointer = next((at for at, found in _values(earlier[number]["response"]["json"], "") if found == value), None)
        if pointer is not None:
            return number, pointer
    return None


def _values(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _values(each, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _values(each, f"{pointer}/{number}")
    elif isinstance(value, str):
        yield pointer, value


def _name(known: dict[tuple[int, str], str], steps: list[JSON], number: int, source: str, value: str) -> str:
    name = known.get((number, source))
    if name is None:
        word = re.sub(r"\W", "", source.rpartition("/")[2]) or "value"
        name = known[number, source] = f"{word}_{number}"
        step = steps[number]
        step.setdefault("capture", {})[name] = source
        step.setdefault("captured", {})[name] = value
    return name


def _replaced(request: JSON, value: str, name: str) -> JSON:
    def replaced(text: str) -> str:
        return text.replace(value, f"${{{name}}}")

    return {
        "method": request["method"],
        "path": replaced(request["path"]),
        "query": replaced(request["query"]),
        "headers": {header: replaced(text) for header, text in request["headers"].items()},
        "body": None if request["body"] is None else replaced(request["body"]),
    }
