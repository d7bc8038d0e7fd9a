"""A mock on a measured loop: started, asked, killed and restarted, all in this process."""

import asyncio
import logging
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.vary import Vary
from mockserver.worlds import World
from tests.attack.asking import Asking
from tests.attack.loop import Endless, MeasuredLoop
from tests.attack.steps import Life, Request, filled
from tests.attack.verdicts import Fault, Reply, of_reply, place

if TYPE_CHECKING:
    from starlette.applications import Starlette

_TURNS = 40
"""Turns of the loop after which a request without an answer counts as waiting."""
_PATIENCE = 60.0
"""Seconds in which a request is answered and a client that leaves is let go; the machine may be busy."""
_BRIEF = 0.2
"""Seconds in which clients are let go while the mock holds up requests on purpose, perhaps theirs."""
_WAITING = 6
"""So many requests may wait at a time; then the oldest client leaves."""


class Broken(Exception):
    """The mock did what it must never do."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Log(logging.Handler):
    """Collects the errors that the mock and asyncio log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record, with the last line of its traceback."""
        error = record.exc_info[1] if record.exc_info else None
        ending = f"{type(error).__name__}: {error} in {innermost(error)}" if error else ""
        self.said.append(f"{record.getMessage()} {ending}".strip())


def innermost(error: BaseException) -> str:
    """Return the line where an exception was raised."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    code = frame.tb_frame.f_code if frame is not None else None
    return f"{Path(code.co_filename).name}:{code.co_name}" if code else "nowhere"


def settings_of(life: Life, directory: Path | None) -> Settings:
    """Return the settings of a life's mock; ``directory`` keeps its state."""
    return Settings(
        speed=0,
        seed=1,
        strict=True,
        nodes=life.nodes,
        federate=life.regions[1:],
        region=life.regions[0],
        mock_driver=life.mock_driver,
        strict_clients=life.strict_clients,
        data_dir=directory,
        shuffle_placements=life.shuffled,
        vary=None if life.vary is None else Vary.read({"seed": life.vary, "weather": True}),
        cors=life.cors,
        journal_bytes=life.journal_bytes,
    )


class Mock:
    """One mock."""

    def __init__(self, settings: Settings, loop: MeasuredLoop, log: Log) -> None:
        self.settings = settings
        self.loop = loop
        self.log = log
        self._waiting: list[Asking] = []
        self.app: Starlette
        self._lifespan: AbstractAsyncContextManager[object]
        self._start("start")

    def _start(self, where: str) -> None:
        try:
            self.app = create_app(self.settings)
            self._lifespan = self.app.router.lifespan_context(self.app)
            self.loop.run_until_complete(self._lifespan.__aenter__())
        except (Exception, SystemExit) as error:
            raise Broken(Fault("it does not start", where, f"{type(error).__name__}: {error}")) from error

    def stop(self) -> None:
        """Stop the mock as its server does, and check that no client is left waiting."""
        self.loop.call_soon(self.app.state.spaces.close)
        self.let_go()
        self.loop.run_until_complete(self._lifespan.__aexit__(None, None, None))

    def start_again(self, *, killed: bool) -> None:
        """Stop or kill the mock, and start it on what its directory holds."""
        directory = self.settings.data_dir
        assert directory is not None
        if killed:
            left = directory.with_name(f"{directory.name}x")
            shutil.copytree(directory, left)
            self.stop()
            shutil.rmtree(directory)
            left.rename(directory)
        else:
            self.stop()
        self._start("restart after a kill" if killed else "restart")

    def ask(self, *requests: Request) -> None:
        """Send requests at the same time; their replies may come later. Raises ``Broken``."""
        sent = [filled(request, self._referred) for request in requests]
        self.loop.longest = 0.0
        self._waiting += self.loop.run_until_complete(self._asked(*sent))
        over = [each for each in self._waiting if each.task.done()]
        self._waiting = [each for each in self._waiting if each not in over]
        for asking in over:
            self._judge(asking)
        if len(self._waiting) > _WAITING:
            self.let_go(len(self._waiting) - _WAITING)
        self._heard(sent[-1])

    def complete(self, request: Request) -> Reply:
        """Send a request and wait for its reply. Raises ``Broken``."""
        self.loop.longest = 0.0
        (asking,) = self.loop.run_until_complete(self._asked(request))
        if not asking.task.done():
            self._waiting.append(asking)
            raise_late = self.loop.run_until_complete(asyncio.wait([asking.task], timeout=_PATIENCE))[1]
            if raise_late:
                raise Broken(Fault("no answer", place(request), f"in {_PATIENCE} s"))
            self._waiting.remove(asking)
        self._judge(asking)
        self._heard(request)
        return asking.reply

    def let_go(self, number: int | None = None) -> None:
        """Let the clients leave that have waited longest; without a number, all of them. Raises ``Broken``."""
        leaving = self._waiting[:number]
        for asking in leaving:
            asking.leave()
        if leaving:
            held_up = self.world.faults.context.delays.asleep
            tasks = [asking.task for asking in leaving]
            patience = _BRIEF if held_up else _PATIENCE
            _, late = self.loop.run_until_complete(asyncio.wait(tasks, timeout=patience))
            self._waiting = self._waiting[len(leaving) :]
            for asking in leaving:
                if asking.task not in late:
                    self._judge(asking)
                    continue
                asking.task.cancel()
                self.loop.run_until_complete(asyncio.wait([asking.task]))
                if not held_up:  # a fault makes a request late, which its client's leaving does not take back
                    text = f"after {_PATIENCE} s"
                    raise Broken(Fault("a client that left is not let go", place(asking.request), text))

    async def _asked(self, *requests: Request) -> list[Asking]:
        made = [Asking(self.app, request) for request in requests]
        for _ in range(_TURNS):
            await asyncio.sleep(0)
            if all(asking.task.done() for asking in made):
                return made
        # now it waits, or its work is done in slices: those go on as long as there is anything to do
        await asyncio.wait([asking.task for asking in made], timeout=0.02)
        return made

    def _judge(self, asking: Asking) -> None:
        request = asking.request
        where = place(request)
        error = asking.task.exception()
        if isinstance(error, Endless):
            raise Broken(Fault("a turn that does not end", where, str(error)))
        if error is not None and type(error).__name__ != "Disconnected":
            text = f"{type(error).__name__}: {error}, at {where}"
            raise Broken(Fault("an exception out of the application", innermost(error), text))
        if asking.is_whole and not asking.has_met_a_fault and not self._is_faulty():
            fault = of_reply(request, asking.reply)
            if fault is not None:
                raise Broken(self._with_log(fault))

    def _with_log(self, fault: Fault) -> Fault:
        said, self.log.said = self.log.said, []
        return Fault(fault.kind, fault.where, "; ".join([fault.text, *said[:1]]))

    def _heard(self, request: Request) -> None:
        if self.log.said:
            said, self.log.said = self.log.said, []
            raise Broken(Fault("an error in the log", place(request), "; ".join(said)))

    @property
    def world(self) -> World:
        """Return the default world."""
        world: World = self.app.state.spaces.default.world
        return world

    def _is_faulty(self) -> bool:
        """Return whether replies are spoilt on purpose."""
        return self.world.settings.vary is not None or bool(list(self.world.faults.active))

    def _referred(self, kind: str, number: int) -> str:
        state = self.world.agent.local.state
        tables: dict[str, Callable[[], Iterable[Any]]] = {
            "job": state.jobs,
            "allocation": state.allocations,
            "evaluation": state.evaluations,
            "node": state.nodes,
        }
        ids: list[str] = [each["ID"] for each in tables[kind]()]
        return ids[number % len(ids)].encode("utf-8", "replace").decode() if ids else "none"
