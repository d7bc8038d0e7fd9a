"""An event loop that measures its longest turn."""

import asyncio
import gc
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any


class MeasuredLoop(asyncio.SelectorEventLoop):
    """Measures each turn in seconds of its thread's processor time, so that a busy machine does not count."""

    longest = 0.0

    def _run_once(self) -> None:
        begun = time.thread_time()
        super()._run_once()  # type: ignore[misc]  # asyncio's own, unseen by its types
        self.longest = max(self.longest, time.thread_time() - begun)


def longest_turn(
    work: Callable[[], Coroutine[Any, Any, None]], around: Callable[[], AbstractAsyncContextManager[Any]] = nullcontext
) -> float:
    """Return the longest turn of an event loop while it does ``work``, in seconds.

    ``around`` is entered before and left afterwards, and is not measured. Python's search for unreachable objects is
    switched off: how long it takes depends on what else the process keeps.
    """
    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=MeasuredLoop) as runner:
            loop = runner.get_loop()
            assert isinstance(loop, MeasuredLoop)

            async def measured() -> float:
                async with around():
                    await asyncio.sleep(0)
                    loop.longest = 0.0
                    await work()
                    await asyncio.sleep(0)
                    return loop.longest

            return runner.run(measured())
    finally:
        gc.enable()
