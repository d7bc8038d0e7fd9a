"""The recordings as objects. An unknown key is an error, so that nothing in a file is ignored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parents[1] / "data" / "recordings"

Variables = Mapping[str, str]
"""What was captured from earlier answers, by the name of the variable."""


@dataclass(frozen=True)
class Request:
    """A request: the path as on the wire, the query without ``?``, the body as text."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str | None
    body_note: str = ""
    body_base64: str = ""
    """A body that is no text."""

    def filled(self, variables: Variables) -> "Request":
        """Return the request with each ``${variable}`` replaced; any other ``${…}`` is Nomad's and stays."""
        text = json.dumps(vars(self))
        for name, value in variables.items():
            text = text.replace(f"${{{name}}}", json.dumps(value)[1:-1])
        return Request(**json.loads(text))

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Response:
    """A reply without Date; ``status`` is None when the connection was closed without one."""

    status: int | None
    headers: dict[str, str]
    body: str | None
    elapsed_ms: int
    json: Any = None
    """``body`` parsed, for readers of the file; the comparison parses ``body``, which says more."""
    body_note: str = ""
    body_base64: str = ""
    error: str = ""


@dataclass(frozen=True)
class During:
    """A request by a second client, ``after_s`` seconds after the step's own, which is still waiting."""

    after_s: float
    request: Request
    template: Request
    response: Response


@dataclass(frozen=True)
class Step:
    """A request and its reply; ``template`` is the request before variables were filled in."""

    step: int
    wait_before_s: float
    request: Request
    template: Request
    response: Response
    during: tuple[During, ...] = ()
    capture: Mapping[str, str] | None = None
    captured: Mapping[str, Any] | None = None
    timing: Mapping[Literal["min_ms", "max_ms"], int] | None = None
    ignore: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Recording:
    """One scenario."""

    scenario: str
    server: str
    mode: Literal["server-only", "dev"]
    description: str
    index_check: Literal["order", "presence"]
    steps: tuple[Step, ...]


def load(path: Path) -> Recording:
    """Return the recording in a file; raises TypeError for a key that is missing or unknown."""
    return parse(json.loads(path.read_text("utf-8")))


def parse(document: dict[str, Any]) -> Recording:
    """Return the recording in a parsed file; raises TypeError for a key that is missing or unknown."""
    return Recording(**{**document, "steps": tuple(_step(one) for one in document["steps"])})


def _step(raw: dict[str, Any]) -> Step:
    during = tuple(During(**{**one, **_exchange(one)}) for one in raw.get("during", []))
    return Step(**{**raw, **_exchange(raw), "during": during, "ignore": tuple(raw.get("ignore", []))})


def _exchange(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "request": Request(**raw["request"]),
        "template": Request(**raw.get("template", raw["request"])),
        "response": Response(**raw["response"]),
    }
