"""Where two values differ."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.attack.steps import Request
from tests.attack.verdicts import CHANGING, place

_MISSING = "nothing"
_SHOWN = 300
_NAME = re.compile(r"[A-Z][A-Za-z]*|[a-z]+(?:-[a-z]+)*")
"""What a field, or a header field, is called."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``asked`` is answered otherwise at ``path`` of the reply."""

    asked: Request
    path: str
    ours: Any
    theirs: Any

    @property
    def key(self) -> str:
        """Return a value that is equal for the same difference, as far as that can be told from outside."""
        steps = [step if _NAME.fullmatch(step) else "_" for step in self.path.split("/")]
        return " | ".join((place(self.asked), "/".join(steps), _kind(self.ours), _kind(self.theirs)))

    def __str__(self) -> str:
        values = f"  mock:  {_shown(self.ours)}\n  agent: {_shown(self.theirs)}"
        return f"{self.asked.method} {self.asked.target[:200]}: {self.path}\n{values}"


def differences(asked: Request, ours: Any, theirs: Any, path: str = "") -> Iterator[Difference]:
    """Yield each difference between two values of JSON."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            yield from differences(asked, ours.get(name, _MISSING), theirs.get(name, _MISSING), f"{path}/{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(asked, one, other, f"{path}/{number}")
    elif type(ours) is not type(theirs) or ours != theirs:
        yield Difference(asked, path.removeprefix("/"), ours, theirs)


def _kind(value: Any) -> str:
    return CHANGING.sub("_", value)[:60] if isinstance(value, str) else type(value).__name__


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
