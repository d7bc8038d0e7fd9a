"""What an attack consists of: the settings of a mock, and the steps taken against it."""

import re
import shlex
from dataclasses import dataclass
from typing import TypeAlias

HEADERS = (("host", "127.0.0.1:4646"),)
"""What every request has, for the control plane asks for it."""

REFERENCE = re.compile(r"\{(job|allocation|evaluation|node):([0-9]+)\}")
"""Stands in a target or a body for the ID of an object of the mock, which is filled in when the request is sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``target`` stands between method and version, and ``body`` comes in ``pieces`` pieces."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = HEADERS
    body: bytes = b""
    pieces: int = 1

    def __str__(self) -> str:
        data = ["--data-binary", f"$'{escaped(self.body)}'"] if self.body else []
        named = [
            f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers if (name, value) not in HEADERS
        ]
        url = shlex.quote(f"http://127.0.0.1:4646{self.target}")
        return " ".join(["curl", "--path-as-is", "-X", shlex.quote(self.method), *named, *data, url])


@dataclass(frozen=True, slots=True)
class ImportChanged:
    """Export the state, mutate it (the number is the seed), and import that."""

    number: int

    def __str__(self) -> str:
        return f"# import the present state with change {self.number}"


@dataclass(frozen=True, slots=True)
class Restart:
    """Restart the mock on its data directory; with ``killed``, on what a killed mock leaves there."""

    killed: bool

    def __str__(self) -> str:
        return f"# {'kill' if self.killed else 'stop'} the mock and start it again with the same --data-dir"


@dataclass(frozen=True, slots=True)
class Export:
    """Import the exported state into a second mock, and let ``duration`` pass in both."""

    duration: str

    def __str__(self) -> str:
        return f"# export, import into another mock, advance both by {self.duration}, and compare"


@dataclass(frozen=True, slots=True)
class Wire:
    """Bytes sent over a connection of their own, piece by piece; ``shut`` closes the sending side after them."""

    pieces: tuple[bytes, ...]
    shut: bool = False

    def __str__(self) -> str:
        sent = "; ".join(f"printf %b $'{escaped(piece)}'" for piece in self.pieces)
        return f"({sent}{'' if self.shut else '; sleep 1'}) | nc {'-N ' if self.shut else ''}127.0.0.1 4646"


Step: TypeAlias = Request | ImportChanged | Restart | Export | Wire


@dataclass(frozen=True, slots=True)
class Life:
    """Steps against one mock, from its start; the same life always goes the same way.

    ``stall`` is how many seconds of processor time a turn of its event loop may take.
    """

    name: str
    nodes: int
    regions: tuple[str, ...]
    mock_driver: bool
    strict_clients: bool
    steps: tuple[Step, ...]
    stall: float = 0.05

    @property
    def is_kept(self) -> bool:
        """Return whether the mock needs a data directory."""
        return any(isinstance(step, Restart) for step in self.steps)

    def __str__(self) -> str:
        options = ["--strict", "--clock manual", "--seed 1", f"--nodes {self.nodes}"]
        options += ["--data-dir new-directory"] if self.is_kept else []
        options += [f"--federate {','.join(self.regions[1:])}"] if self.regions[1:] else []
        options += ["--mock-driver"] if self.mock_driver else []
        options += ["--strict-clients"] if self.strict_clients else []
        return "\n".join([f"nomad-mock {' '.join(options)}", *map(str, self.steps)])


def escaped(data: bytes) -> str:
    """Return bytes as a shell takes them between ``$'`` and ``'``, without the middle of long ones."""
    shown = data if len(data) <= _LONGEST else data[: _LONGEST // 2] + b"..." + data[-_LONGEST // 2 :]
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\" else f"\\x{byte:02x}" for byte in shown)
    return text if shown is data else f"{text}  # {len(data)} bytes"


_LONGEST = 3000
