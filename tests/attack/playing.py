"""One life: its steps are taken against a mock until one of them shows a fault."""

import asyncio
import logging
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mockserver.app import create_app
from tests.attack import loading, rereading, wire
from tests.attack.loop import MeasuredLoop
from tests.attack.mocks import Broken, Log, Mock, settings_of
from tests.attack.mutate import mutated
from tests.attack.steps import HEADERS, Export, ImportChanged, JobFile, Life, Request, Restart, Step, Together, Wire
from tests.attack.verdicts import STALL, Fault, of_bytes, place
from tests.attack.writing import write

_READ_AGAIN = ("/v1/jobs", "/v1/evaluations?pretty", "/v1/job/a", "/v1/nodes")
"""What is read again after each step over a connection."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a life: ``inputs`` were sent, the last of them showed ``fault``; ``longest`` turn in seconds."""

    inputs: int
    longest: float
    fault: Fault | None


def play(life: Life) -> Played:
    """Play a life, in the main thread of a process."""
    log = Log()
    loop = MeasuredLoop()
    loop.set_exception_handler(lambda _loop, context: log.said.append(_described(context)))
    asyncio.set_event_loop(loop)
    loggers = [logging.getLogger(name) for name in ("mockserver", "uvicorn.error", "asyncio")]
    for logger in loggers:
        logger.addHandler(log)
        logger.propagate = False
    tally = _Tally(life.stall)
    fault = None
    try:
        with tempfile.TemporaryDirectory() as folder:
            over_connections = any(isinstance(step, Wire) for step in life.steps)
            live = _over_connections if over_connections else _in_process
            live(life, loop, log, Path(folder) / "data" if life.is_kept else None, tally)
    except Broken as broken:
        fault = broken.fault
    finally:
        for logger in loggers:
            logger.removeHandler(log)
        loop.close()
    return Played(tally.inputs, tally.longest, fault)


@dataclass
class _Tally:
    """Counts what was done so far."""

    stall: float
    inputs: int = 0
    longest: float = 0.0

    def measure(self, step: Step, loop: MeasuredLoop) -> None:
        """Check how long this step held the loop; raises ``Broken`` when that was too long for its requests."""
        requests = len(step.requests) if isinstance(step, Together) else 1
        longest, loop.longest = loop.longest, 0.0
        self.longest = max(self.longest, longest)
        if longest > self.stall * requests:
            text = f"{longest * 1000:.0f} ms of processor time in one turn, {loop.busy or 'outside the mock'}"
            raise Broken(Fault(STALL, place(step), text))


def _described(context: dict[str, object]) -> str:
    error = context.get("exception")
    return f"{context['message']}: {type(error).__name__}: {error}"


def _in_process(life: Life, loop: MeasuredLoop, log: Log, directory: Path | None, tally: _Tally) -> None:
    mock = Mock(settings_of(life, directory), loop, log)
    try:
        for step in life.steps:
            tally.inputs += 1
            _take(step, mock)
            tally.measure(step, loop)
    finally:
        mock.stop()


def _take(step: Step, mock: Mock) -> None:
    if isinstance(step, Request):
        mock.ask(step)
    elif isinstance(step, Together):
        mock.ask(*step.requests)
    elif isinstance(step, JobFile):
        loading.load(step, mock)
    elif isinstance(step, Restart):
        rereading.restart(step, mock)
    elif isinstance(step, Export):
        rereading.export(step, mock)
    elif isinstance(step, ImportChanged):
        mock.ask(changed_import(step, mock))


def changed_import(step: ImportChanged, mock: Mock) -> Request:
    """Return the request that imports the present state with a change."""
    rng = random.Random(step.number)
    state = rereading.exported(mock)
    return Request(
        "PUT", "/__admin/state", HEADERS, write(mutated(state, rng, (state,), rng.choice((0, 1, 1, 2))), rng)
    )


def _over_connections(life: Life, loop: MeasuredLoop, log: Log, directory: Path | None, tally: _Tally) -> None:
    settings = settings_of(life, directory)
    served = loop.run_until_complete(wire.served(create_app(settings), settings))
    try:
        loop.longest = 0.0
        for step in life.steps:
            assert isinstance(step, Wire)
            tally.inputs += 1
            fault = of_bytes(loop.run_until_complete(served.send(step)), log.said)
            if fault is not None:
                raise Broken(fault)
            tally.measure(step, loop)
            for target in _READ_AGAIN:
                first, second, third = loop.run_until_complete(served.repeated(target))
                if first == third != second:
                    raise Broken(Fault("another answer to the same request", place(step), f"{target}: {first!r}"))
        fault = of_bytes(loop.run_until_complete(served.leader()) or b"nothing", log.said)
        if fault is not None:
            raise Broken(fault)
    finally:
        loop.run_until_complete(served.stop())
