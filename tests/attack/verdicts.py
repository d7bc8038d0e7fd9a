"""What is wrong, in a form that tells one fault from another."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from mockserver.openapi import load_control
from tests.attack.steps import Request, Step

_OURS = ("a bug of the mock", "a bug of the control plane", "Traceback (most recent call last)")
_UVICORN = "\r\n\r\nInternal Server Error"
"""What uvicorn answers when an application raises an exception."""
STALL = "a stall"
CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|/[^ :]*|, at .*")
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` names the fault, ``where`` says what shows it, and ``text`` says what is wrong."""

    kind: str
    where: str
    text: str

    @property
    def key(self) -> str:
        """Return a value that is equal for the same fault, as far as that can be told from outside."""
        if self.kind == STALL:
            return f"{self.kind} | {self.where}"
        return f"{self.kind} | {self.where} | {CHANGING.sub('_', self.text)[:60]}"

    def __str__(self) -> str:
        return f"{self.kind} at {self.where}: {self.text[:_LONGEST]}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered; ``status`` is 0 when nothing was."""

    status: int
    headers: dict[str, str]
    body: bytes


def of_reply(request: Request, reply: Reply) -> Fault | None:
    """Return what is wrong with a reply, whatever was asked."""
    text = reply.body.decode("utf-8", "replace")
    where = place(request)
    if reply.status >= 500 and any(ours in text[:200] for ours in _OURS):
        return Fault("a 500 of its own making", where, text)
    if reply.headers.get("content-type") == "application/json" and reply.headers.get("content-encoding") != "gzip":
        try:
            value = json.loads(text) if text else None
        except ValueError as error:
            return Fault("a reply that is no JSON", where, f"{error}: {text[:200]}")
        if request.target.startswith("/__admin") and reply.status >= 400:
            return _of_problem(where, value)
    return None


def of_bytes(answer: bytes, logged: Sequence[str]) -> Fault | None:
    """Return what is wrong with the bytes answered over a connection, or with the log, whatever was sent."""
    text = answer.decode("utf-8", "replace")
    if logged:
        return Fault("an error in the log", "a connection", "; ".join(logged))
    if any(ours in text for ours in (*_OURS, _UVICORN)):
        return Fault("a 500 of its own making", "a connection", text)
    if answer and not text.startswith("HTTP/1."):
        return Fault("an answer that is no HTTP", "a connection", text[:200])
    return None


def _of_problem(where: str, value: Any) -> Fault | None:
    findings = load_control().findings_as("/components/schemas/Problem", value)
    return Fault("a refusal that is not as described", where, "; ".join(findings)) if findings else None


def place(step: Step) -> str:
    """Return a step without what differs from one job or object to another."""
    if isinstance(step, Request):
        return f"{step.method} {shape(step.target)}"
    return type(step).__name__.lower()


def shape(target: str) -> str:
    """Return a target without what differs from one job or object to another."""
    parts = unquote(target.partition("?")[0]).split("/")
    known = [part if index < 3 or part in _PARTS else "_" for index, part in enumerate(parts)]
    return "/".join(known)


_PARTS = frozenset(
    (
        "allocations", "evaluations", "summary", "dispatch", "evaluate", "plan", "periodic", "force", "drain", "stats",
        "fs", "ls", "stat", "cat", "readat", "stream", "logs", "advance", "advance-to-next-event", "finish", "fail",
        "start", "rules", "down", "up", "presets", "count", "har", "search", "wait", "verify", "leader", "peers",
        "self", "members", "servers", "join", "force-leave", "gc", "reconcile", "summaries",
    )
)  # fmt: skip
