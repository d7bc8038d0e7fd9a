"""A shell script that repeats an exchange from nothing: the writes before it, then the request itself.

What a server chooses itself (the ID of a child or an evaluation, an index) is taken from its replies where a later
request needs it, so that the script shows the same on a fresh server.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from contract_tests.client.secrets import HIDDEN

_JOB = re.compile(r"/v1/job/(.*?-\d{6})(?!\d)")
_CHOSEN = ("DispatchedJobID", "EvalID")
"""The members of a write's reply with an ID of the server's choosing."""
_INDEXES = ("JobModifyIndex", "EvalCreateIndex", "Index")
"""The members of a write's reply with an index."""
_LAUNCHED = re.compile(r"[^/\"'?&]+(?:/[^/\"'?&]+)*?/periodic-\d+")
_FEW = 8
"""Up to this number, the writes before an exchange are all repeated, also those about other jobs."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The parts of an exchange that a script repeats."""

    method: str
    base_url: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str]
    body: bytes
    status: int | None
    """The status of the reply; None when there is none."""
    reply_body: bytes


def script(before: Sequence[Sent], last: Sent) -> str:
    """Return the script for an exchange and the writes of its test before it.

    No secret is in it: the address comes from ``NOMAD_ADDR``, a token from ``NOMAD_TOKEN``, and the value of any other
    hidden header from a variable of its name.
    """
    wanted = before if len(before) <= _FEW else [one for one in before if _job(one) in (None, _job(last))]
    lines = [f"NOMAD_ADDR=${{NOMAD_ADDR:-{shlex.quote(last.base_url)}}}"]
    lines += [f": ${{{_variable(name)}:?the value of the header {name}}}" for name in _hidden([*wanted, last])]
    names: dict[str, str] = {}
    for number, one in enumerate(wanted, 1):
        later = [*wanted[number:], last]
        command = _renamed(_curl(one, "-sS"), names)
        kept = [(member, value) for member, value in _chosen(one) if any(_uses(each, member, value) for each in later)]
        if kept:
            lines.append(f"reply=$({command})")
            for member, value in kept:
                name = f"{member.lower()}{number}"
                lines.append(f'{name}=$(printf %s "$reply" | {_picked(member)})')
                names[value if member in _CHOSEN else f"#{value}"] = name
        else:
            lines.append(f"{command}; echo")
    target = unquote(last.target)
    if (launched := _LAUNCHED.search(target.removeprefix("/v1/job/"))) and launched[0] not in names:
        listed = launched[0].rpartition("-")[0]
        query = f"/v1/jobs?prefix={listed}-{_scope(last)}"
        lines.append(f'child=$(curl -sS "$NOMAD_ADDR"{_quoted(query)} | {_picked("ID")})')
        names[launched[0]] = "child"
    lines.append(_renamed(_curl(last, "-sSi"), names))
    return "\n".join(lines)


def _curl(one: Sent, switches: str) -> str:
    """Return the command line of one request, all of whose arguments are in single quotes."""
    parts = ["curl", switches, *(["-g"] if re.search(r"[][{}]", one.target) else [])]
    parts += ["--path-as-is"] if "/." in one.target or "//" in one.target else []
    parts += ["--head"] if one.method == "HEAD" else [] if one.method == "GET" and not one.body else ["-X", one.method]
    for name, value in one.headers.items():
        parts += ["-H", f'"{name}: ${_variable(name)}"' if value == HIDDEN else _quoted(f"{name}: {value}")]
    before = ""
    if one.body:
        text = _text(one.body)
        if text is None or text.startswith("@"):
            octal = "".join(f"\\{byte:03o}" for byte in one.body)
            before = f"printf {_quoted(octal)} | "
        parts += ["--data-binary", "@-" if before else _quoted(text or "")]
    return before + " ".join([*parts, f'"$NOMAD_ADDR"{_quoted(one.target)}'])


def _scope(one: Sent) -> str:
    """Return the parameters of a request that say where on the server it belongs, to append to a query."""
    given = parse_qsl(urlsplit(one.target).query)
    return "".join(f"&{name}={quote(value)}" for name, value in given if name in ("region", "namespace"))


def _hidden(sent: Sequence[Sent]) -> list[str]:
    """Return the names of the headers whose values are nobody's business."""
    return list(dict.fromkeys(name for one in sent for name, value in one.headers.items() if value == HIDDEN))


def _variable(header: str) -> str:
    """Return the variable that has the value of a hidden header."""
    return "NOMAD_TOKEN" if header.lower() == "x-nomad-token" else re.sub(r"\W", "_", header).upper()


def _text(body: bytes) -> str | None:
    """Return a body as text, None when the argument of a command cannot be it."""
    try:
        return None if b"\0" in body else body.decode()
    except UnicodeDecodeError:
        return None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _chosen(one: Sent) -> Iterator[tuple[str, str]]:
    """Yield the members of a write's reply that a later request may need, each with its value as text."""
    try:
        reply: Any = json.loads(one.reply_body) if one.status == 200 else None
    except ValueError:
        return
    if isinstance(reply, dict):
        for member in (*_CHOSEN, *_INDEXES):
            value = reply.get(member)
            if value and isinstance(value, str | int) and not isinstance(value, bool):
                yield member, str(value)


def _uses(one: Sent, member: str, value: str) -> bool:
    text = one.target + (_text(one.body) or "")
    return value in unquote(text) if member in _CHOSEN else _index(value).search(text) is not None


def _index(value: str) -> re.Pattern[str]:
    """Return a pattern of an index where a request tells one: in ``JobModifyIndex`` of a body, ``index`` of a query."""
    return re.compile(rf'((?:"JobModifyIndex": ?|[?&]index=)){value}(?!\d)')


def _renamed(command: str, names: Mapping[str, str]) -> str:
    """Return a command with the values that the server chose replaced by the variables that hold them."""
    for value, name in names.items():
        if value.startswith("#"):
            command = _index(value[1:]).sub(rf"""\1'"${name}"'""", command)
        else:
            command = command.replace(value, f"""'"${name}"'""")
    return command


def _picked(member: str) -> str:
    """Return the command that prints a member of the JSON object that it reads."""
    return f"""sed -n 's/.*"{member}": *"\\{{0,1\\}}\\([^",}}]*\\).*/\\1/p'"""


def _job(one: Sent) -> str | None:
    """Return the ID of the job that a request is about; children and longer IDs count as the one they begin with."""
    found = _JOB.match(unquote(one.target))
    return found[1] if found else None
