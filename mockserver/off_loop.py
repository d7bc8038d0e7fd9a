"""Pure functions of large values run on a thread of their own, so that the event loop goes on meanwhile.

What is small is done at once, which is quicker and keeps the order of requests. Only functions of immutable or
unshared values may be run apart: nothing on the thread looks at a region's state.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_MANY = 2_000
"""A value with more parts than that is large: it takes milliseconds to look at all of them."""

_LONG = 32 * 1024
"""So is a text of so many characters, or so many bytes."""

_MARKS = (b"[", b"{", b",")
"""Each of these in a text that is still to be read is taken for a part."""

_SMALL_ONES = 64
"""Objects that are known to be small at a time."""

THREAD = "nomad-mock apart"
"""The name of the threads."""

_ONE_AT_A_TIME = threading.Lock()
"""Threads share the interpreter: each further one would take from the event loop's share."""


async def apart(value: Any, work: Callable[[], T]) -> T:
    """Do work on ``value``: at once when it is small, else on a thread. Raises what the work raises."""
    return await apart_if(is_large(value), work)


async def apart_if(large: bool, work: Callable[[], T]) -> T:
    """Do work at once, or on a thread when what it looks at is ``large``. Raises what the work raises."""
    return await on_a_thread(work) if large else work()


async def on_a_thread(work: Callable[[], T]) -> T:
    """Do work on a thread of its own, whatever its size. Raises what the work raises."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def done(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # without an error it is a T

    def run() -> None:
        result, error = None, None
        try:
            with _ONE_AT_A_TIME:
                result = work()
        except BaseException as raised:
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(done, result, error)

    threading.Thread(target=run, name=THREAD, daemon=True).start()
    return await future


class SmallOnes:
    """Objects that are never changed in place and were found to be small lately: they need not be looked at again."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Any] = OrderedDict()

    def is_large(self, value: Any) -> bool:
        """Say what the function of this name says; for the event loop's thread only."""
        if self._known.get(id(value)) is value:
            return False
        if is_large(value):
            return True
        self._known[id(value)] = value
        if len(self._known) > _SMALL_ONES:
            self._known.popitem(last=False)
        return False


def is_large(value: Any, times: int = 1) -> bool:
    """Whether JSON, or the text of it, is too large to be worked on at once; looks at no more than is needed.

    ``times`` says how many times larger it may be, for work that is quicker than to look at all parts in Python.
    """
    parts, characters, most, waiting = 0, 0, _MANY * times, [value]
    for each in waiting:  # grows meanwhile; what is empty, zero or false is left out, which is most of a job
        kind = type(each)
        if kind is dict:
            parts += len(each) + 1
            if parts <= most:
                waiting += filter(None, each.values())
        elif kind is str:
            characters += len(each)
        elif kind is int or kind is bool:
            continue
        elif isinstance(each, list):
            parts += len(each) + 1
            if parts <= most:  # to compare the entries of a long list takes long itself
                parts += each.count({}) + each.count([])
                waiting += filter(None, each)
        elif isinstance(each, str | bytes):
            characters += len(each)
            if isinstance(each, bytes) and characters <= _LONG * times:
                parts += sum(map(each.count, _MARKS))  # reading a short text of many parts takes long, too
        if parts > most:
            return True
    return parts + characters * _MANY // _LONG > most
