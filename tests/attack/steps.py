"""What an attack consists of: the settings of a mock, and the steps taken against it."""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import quote

HEADERS = (("host", "127.0.0.1:4646"),)
"""What every request has, for the control plane asks for it."""
PAGE = "https://page.example"
"""The origin of a page that may use the mock through a browser."""

JOURNAL = 16 << 20
"""Bytes of memory of a journal that is not a small one."""

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


def filled(request: Request, referred: Callable[[str, int], str]) -> Request:
    """Return the request with IDs in place of its references; ``referred`` gives the ID of a kind and a number."""
    if "{" not in request.target and b"{" not in request.body:
        return request

    def found(match: re.Match[str]) -> str:
        return referred(match[1], int(match[2]))

    target = REFERENCE.sub(lambda match: quote(found(match)), request.target)
    body = REFERENCE.sub(lambda match: json.dumps(found(match))[1:-1], request.body.decode("latin-1"))
    return replace(request, target=target, body=body.encode("latin-1"))


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


@dataclass(frozen=True, slots=True)
class Together:
    """Requests that come in the same turn of the mock's event loop."""

    requests: tuple[Request, ...]

    def __str__(self) -> str:
        return f"{' & '.join(map(str, self.requests))} & wait"


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file that another mock begins with, and that ``nomad-contract validate`` judges."""

    name: str
    text: bytes

    def __str__(self) -> str:
        write = f"printf %b $'{escaped(self.text)}' > {self.name}"
        return f"{write}; nomad-contract validate {self.name}; nomad-mock --strict --port 0 --load {self.name}"


Step: TypeAlias = Request | ImportChanged | Restart | Export | Wire | Together | JobFile


@dataclass(frozen=True, slots=True)
class Life:
    """Steps against one mock, from its start; the same life always goes the same way.

    ``stall`` is how many seconds of processor time a turn of its event loop may take. ``vary`` is the seed by which
    replies vary, ``cors`` are origins, and ``journal_bytes`` is the memory of the journal.
    """

    name: str
    nodes: int
    regions: tuple[str, ...]
    mock_driver: bool
    strict_clients: bool
    steps: tuple[Step, ...]
    stall: float = 0.05
    shuffled: bool = False
    vary: int | None = None
    cors: tuple[str, ...] = ()
    journal_bytes: int = JOURNAL

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
        options += ["--shuffle-placements"] if self.shuffled else []
        options += [] if self.vary is None else [f"--vary {self.vary} --weather"]
        options += [f"--cors {shlex.quote(','.join(self.cors))}"] if self.cors else []
        options += [] if self.journal_bytes == JOURNAL else [f"--journal-bytes {self.journal_bytes}"]
        return "\n".join([f"nomad-mock {' '.join(options)}", *map(str, self.steps)])


def escaped(data: bytes) -> str:
    """Return bytes as a shell takes them between ``$'`` and ``'``, without the middle of long ones."""
    shown = data if len(data) <= _LONGEST else data[: _LONGEST // 2] + b"..." + data[-_LONGEST // 2 :]
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\" else f"\\x{byte:02x}" for byte in shown)
    return text if shown is data else f"{text}  # {len(data)} bytes"


_LONGEST = 3000
