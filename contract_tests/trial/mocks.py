"""Mocks for the runs of a trial: a fresh world with an address of its own for each run.

Each of the runs that go on at the same time has a mock process to itself, so that a client that asks in a busy loop
slows down no other. In it a world is a space with a port of its own, which costs a fraction of a process's start.
"""

import queue
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from contract_tests.client.identity import Unreachable
from contract_tests.findings import SuiteError
from contract_tests.suite.launch import Mock
from contract_tests.trial.freedoms import Vary

SEED = 1
"""The seed of every world: IDs are the same in every run."""
_EXCHANGES, _BYTES = 20_000, 64 * 1024 * 1024
"""What a mock keeps of a run."""
_SECONDS = 60.0
"""In which the control plane answers."""

Entry = dict[str, Any]
"""An exchange of the journal."""


class World:
    """A fresh world: its address, and what the client did in it."""

    def __init__(self, control: httpx.Client, vary: Vary | None) -> None:
        settings = {"vary": None if vary is None else vary.document}
        space = _answer(control.post("/__admin/spaces", json={"port": 0, "settings": settings}))
        self._control = control
        self._name = space["name"]
        self.address = f"http://{urlsplit(str(control.base_url)).hostname}:{space['port']}"

    def journal(self) -> list[Entry]:
        """Return the exchanges in order of their numbers, with headers and bodies."""
        found: list[Entry] = _answer(
            self._control.get("/__admin/journal?details=whole", headers={"X-Nomad-Mock-Space": self._name})
        )
        return sorted(found, key=lambda entry: entry["number"])

    def drop(self) -> None:
        """Forget the world, and close its port."""
        self._control.delete(f"/__admin/spaces/{self._name}")


class Mocks:
    """Mock processes, as many as there are runs at the same time; they end with the block."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        keeping = ("--journal-limit", str(_EXCHANGES), "--journal-bytes", str(_BYTES))
        self._options = ("--seed", str(SEED), *keeping, *options)
        self._stack = ExitStack()
        self._free: queue.SimpleQueue[httpx.Client] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def start(self, number: int) -> None:
        """Start more processes, and wait until all of them listen; one that does not start raises ``Unreachable``."""
        started = [self._stack.enter_context(Mock(*self._options)) for _ in range(number)]
        for process in started:
            # Without verify=False the certificates of all authorities are loaded, though the address is an http one.
            control = httpx.Client(base_url=process.address, timeout=_SECONDS, trust_env=False, verify=False)
            self._free.put(self._stack.enter_context(control))

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def world(self, vary: Vary | None) -> Iterator[World]:
        """Lend a fresh world that varies like this.

        Raises:
            SuiteError: The mock does not answer.
        """
        control = self._free.get()
        try:
            world = World(control, vary)
            yield world
            world.drop()
        except httpx.HTTPError as problem:
            raise SuiteError(f"the mock does not answer: {problem}") from problem
        finally:
            self._free.put(control)


def _answer(reply: httpx.Response) -> Any:
    if reply.is_error:
        raise SuiteError(f"the mock refuses: {reply.text}")
    return reply.json()


__all__ = ["Entry", "Mocks", "Unreachable", "World"]
