"""One exchange of the mock's journal, read for a judgement.

An entry is JSON as ``GET /__admin/journal?details=whole`` lists it (``Exchange`` in ``schemas/admin.json``).
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from contract_tests.durations import SECOND

_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 10**6, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_DECIMAL = re.compile(r"[0-9]+")
_LARGEST_INDEX = 2**64 - 1


def duration(text: str) -> int | None:
    """Return a Go duration such as ``1m30s`` in nanoseconds, None for a text that is none."""
    unsigned = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if unsigned == "0":
        return 0
    if not unsigned or _PART.sub("", unsigned):
        return None
    total = sum(int(float(number) * _UNITS[unit]) for number, unit in _PART.findall(unsigned))
    return -total if text.startswith("-") else total


def index_of(text: str) -> int | None:
    """Return an index as an agent reads it, unsigned in 64 bits; None for a text that is none."""
    return int(text) if _DECIMAL.fullmatch(text) and int(text) <= _LARGEST_INDEX else None


class Exchange:
    """A request and its reply. Times are the machine's, in Unix nanoseconds."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.number: int = entry["number"]
        self.method: str = entry["method"]
        self.path: str = entry["path"]
        self.query: str = entry["query"]
        self.operation: str | None = entry["operation"]
        self.id: str = entry["target"]
        self.pending: bool = entry["pending"]
        self.status: int | None = entry["status"]
        self.faults: list[str] = entry["faults"]
        self.connection: int | None = None if entry["connection"] is None else entry["connection"]["number"]
        self.opens_connection: bool = entry["connection"] is not None and entry["connection"]["request"] == 1
        self.target: str = entry["request"]["target"]
        self._dropped = list(zip(entry["findings"]["kinds"], entry["findings"]["request"], strict=True))
        self.regions: list[str] = list(entry["index"]["before"])
        self.left: int | None = entry["wall"]["left"]
        self.started = _nanoseconds(entry["wall"]["started"])
        took: int | None = entry["wall"]["duration"]
        self.ended: int | None = None if took is None else self.started + took
        self.took: int | None = took
        self.took_in_world: int | None = entry["duration"]
        self.headers = _by_name(entry["request"]["headers"])
        self.body_is_text = entry["request"]["encoding"] == "utf-8"
        self.body: str = entry["request"]["body"]
        self.body_size: int = entry["request"]["size"]
        self.whole_body = not entry["request"]["truncated"] and self._has_all_that_was_sent()
        reply = entry["reply"]
        self.reply_headers = {} if reply is None else _by_name(reply["headers"])
        self.reply_body: str = "" if reply is None else reply["body"]

    def __str__(self) -> str:
        return f"#{self.number} {self.method} {self.target}"

    def dropped(self, kind: str) -> list[str]:
        """Return what the journal found of one kind in the request that an agent drops, in words."""
        return [text for each, text in self._dropped if each == kind]

    def _has_all_that_was_sent(self) -> bool:
        """Return whether the journal has the body: a request may be answered, or lost, before its body is read."""
        length = self.headers.get("content-length", "")
        if "transfer-encoding" in self.headers:
            return self.body_size > 0
        return not length.isdecimal() or self.body_size >= int(length)

    def repeats(self, other: "Exchange") -> bool:
        """Return whether it asks for the same as another exchange, as far as the bodies are known."""
        same = (self.method, self.target) == (other.method, other.target)
        return same and (self.body == other.body or not self.whole_body or not other.whole_body)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The first value of each query parameter."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(name, value)
        return found

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None for another body."""
        return _read(self.body) if self.body_is_text and self.whole_body else None

    @cached_property
    def reply_json(self) -> Any:
        """The body of the reply as JSON; None for another body."""
        return _read(self.reply_body)

    @property
    def resource(self) -> tuple[str, ...]:
        """What a read is about: its path, region and filters, but not how long it waits for news."""
        others = ("index", "wait", "pretty", "stale")
        return (self.path, *sorted(f"{name}={value}" for name, value in self.parameters.items() if name not in others))

    @property
    def is_read(self) -> bool:
        """Whether it asks an endpoint that Nomad has, and changes nothing."""
        return self.method == "GET" and self.operation is not None

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET" and self.operation not in (None, "plan", "summary")

    @property
    def is_lost(self) -> bool:
        """Whether the client never saw the reply: the connection ended before."""
        return self.left is not None or (not self.pending and self.status is None)

    @property
    def over(self) -> int | None:
        """When the client had the reply, or gave it up; None while it waits."""
        return self.ended if self.left is None else self.started + self.left

    def is_over_at(self, moment: int) -> bool:
        """Return whether the client had the reply at a time, or had given it up."""
        return self.over is not None and self.over <= moment

    @property
    def asked_index(self) -> int | None:
        """The index that the client knows; 0 where it says none, None where no agent can read it."""
        return index_of(self.parameters["index"]) if self.parameters.get("index") else 0

    @property
    def wait(self) -> int | None:
        """How long the client wants the query to wait at most, in nanoseconds."""
        return duration(self.parameters["wait"]) if "wait" in self.parameters else None

    @cached_property
    def index(self) -> int | None:
        """The index of the reply; None for a reply without one, which the client can't go on with."""
        if self.left is not None or self.status not in (200, 404):
            return None
        return index_of(self.reply_headers.get("x-nomad-index", ""))


def member(value: Any, name: str) -> Any:
    """Return a member of a JSON object, whose name an agent reads in any case; None when it is not there."""
    if not isinstance(value, dict):
        return None
    return value.get(name, next((each for key, each in value.items() if key.lower() == name.lower()), None))


def _by_name(headers: list[dict[str, str]]) -> dict[str, str]:
    return {header["name"].lower(): header["value"] for header in reversed(headers)}


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _nanoseconds(timestamp: str) -> int:
    moment = datetime.fromisoformat(timestamp)
    return int(moment.replace(microsecond=0).timestamp()) * SECOND + moment.microsecond * 1000
