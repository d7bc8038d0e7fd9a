"""Reduce a life with a fault to the fewest and smallest steps that show the same fault."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from tests.attack.steps import HEADERS, JobFile, Life, Request, Step, Together, Wire

Shows: TypeAlias = Callable[[Life], bool]
"""Whether a life still has the fault."""


def reduced(life: Life, shows: Shows, seconds: float) -> Life:
    """Return the smallest life that was found in this time."""
    search = _Search(life, shows, time.monotonic() + seconds)
    search.remove_steps()
    for number in reversed(range(len(search.life.steps))):
        search.shrink(number)
    search.remove_steps()
    return search.life


class _Search:
    """A search for a smaller life; ``life`` is the smallest so far."""

    def __init__(self, life: Life, shows: Shows, until: float) -> None:
        self.life = life
        self._shows = shows
        self._until = until

    def remove_steps(self) -> None:
        """Leave out as many steps as possible, in ever shorter runs from the end."""
        size = max(len(self.life.steps) // 2, 1)
        while size:
            end = len(self.life.steps)
            while end > 0:
                start = max(end - size, 0)
                steps = self.life.steps[:start] + self.life.steps[end:]
                if len(steps):
                    self._accept(replace(self.life, steps=steps))
                end = start
            size //= 2

    def shrink(self, number: int) -> None:
        """Make single steps smaller, as long as one can be made smaller."""
        while any(self._put(number, step) for step in _smaller(self.life.steps[number])):
            pass

    def _put(self, number: int, step: Step) -> bool:
        steps = list(self.life.steps)
        steps[number] = step
        return self._accept(replace(self.life, steps=tuple(steps)))

    def _accept(self, life: Life) -> bool:
        if time.monotonic() > self._until or not self._shows(life):
            return False
        self.life = life
        return True


def _smaller(step: Step) -> Iterator[Step]:
    """Yield steps that are a little simpler than this one, the simplest first."""
    if isinstance(step, Wire):
        if len(step.pieces) > 1:
            yield replace(step, pieces=(b"".join(step.pieces),))
        for number, piece in enumerate(step.pieces):
            for less in _cut(piece):
                yield replace(step, pieces=(*step.pieces[:number], less, *step.pieces[number + 1 :]))
    elif isinstance(step, Request):
        yield from _smaller_request(step)
    elif isinstance(step, Together):
        yield from _fewer_requests(step)
    elif isinstance(step, JobFile):
        yield from (replace(step, text=text) for text in (*_smaller_body(step.text), *_cut(step.text)))


def _fewer_requests(step: Together) -> Iterator[Step]:
    yield from step.requests
    for number, request in enumerate(step.requests):
        before, after = step.requests[:number], step.requests[number + 1 :]
        if len(step.requests) > 1:
            yield Together(before + after)
        yield from (Together((*before, less, *after)) for less in _smaller_request(request))


def _smaller_request(step: Request) -> Iterator[Request]:
    if step.headers != HEADERS:
        yield replace(step, headers=HEADERS)
    if step.pieces > 1:
        yield replace(step, pieces=1)
    path, mark, query = step.target.partition("?")
    if mark:
        yield replace(step, target=path)
        pairs = query.split("&")
        for number in range(len(pairs) if len(pairs) > 1 else 0):
            yield replace(step, target=f"{path}?{'&'.join(pairs[:number] + pairs[number + 1 :])}")
    if step.body:
        yield replace(step, body=b"")
        for body in _smaller_body(step.body):
            yield replace(step, body=body)


def _smaller_body(body: bytes) -> Iterator[bytes]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        yield from _cut(body)
        return
    for less in _smaller_value(value):
        text = json.dumps(less).encode()
        if len(text) < len(body):
            yield text
    yield from _cut(body)  # what an encoder does not write, such as a name that is there twice


def _smaller_value(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key in value:
            yield {other: each for other, each in value.items() if other != key}
        for key, each in value.items():
            for less in _smaller_value(each):
                yield {**value, key: less}
    elif isinstance(value, list):
        if len(value) > 3:
            yield value[: len(value) // 2]
            yield value[len(value) // 2 :]
        for number in range(min(len(value), 20)):
            yield value[:number] + value[number + 1 :]
            for less in _smaller_value(value[number]):
                yield [*value[:number], less, *value[number + 1 :]]
    elif isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]


def _cut(data: bytes) -> Iterator[bytes]:
    """Yield ``data`` without a part of it, long parts first."""
    size = len(data) // 2
    while size >= max(1, len(data) // 64):
        for start in range(0, len(data), size):
            yield data[:start] + data[start + size :]
        size //= 2
