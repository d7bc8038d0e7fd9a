"""``python -m tests.contract_suite.spoiled``: check that no reply of a server causes an error of the suite.

It checks a mock some of whose replies are spoiled in one place: a member of the JSON, a header, the status, or the
whole body. Whatever a test makes of that has to be a finding or a skip, never an error of the suite.
"""

import argparse
import copy
import json
import random
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.contract_suite.test_cli import run
from tests.served import serving

Headers: TypeAlias = list[tuple[bytes, bytes]]
Reply: TypeAlias = tuple[int, Headers, bytes]

VALUES: tuple[Any, ...] = (None, True, 0, -1, 10**30, 1.5, "", "x", "\ud800", "a/b?c#d\n", [], [None], {}, {"x": None})
"""What a member becomes."""
NAMES = (b"x-nomad-index", b"x-nomad-lastcontact", b"x-nomad-knownleader", b"date", b"content-type", b"location")
TEXTS = (b"", b"x", b"-1", b"9" * 5000, b"\xff")
"""What a header becomes."""
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"5",
    b'"x"',
    b"[[]]",
    b"{",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"[NaN]",
    b"x" * 3000,
)
STATUSES = (200, 201, 204, 301, 404, 500)


class Spoiling:
    """Spoils a share of the replies of another app, each in one place."""

    def __init__(self, app: ASGIApp, seed: int, share: float) -> None:
        self.app = app
        self.random = random.Random(seed)
        self.share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; the suite's first look at the server, and its clean-up, are answered as they are."""
        known = scope["type"] == "http" and not scope["path"].endswith(("nomad-contract-probe", "/v1/jobs"))
        if not known or scope["method"] == "DELETE" or self.random.random() >= self.share:
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        status, headers, body = spoiled(self.random, (messages[0]["status"], list(messages[0]["headers"]), body))
        length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
        kept = [pair for pair in headers if pair[0].lower() not in (b"content-length", b"transfer-encoding")]
        await send({"type": "http.response.start", "status": status, "headers": kept + length})
        await send({"type": "http.response.body", "body": b"" if status == 204 else body})


def spoiled(chance: random.Random, reply: Reply) -> Reply:
    """Return a reply with one change, mostly in its JSON."""
    status, headers, body = reply
    how = chance.random()
    if how < 0.1:
        return chance.choice(STATUSES), headers, body
    if how < 0.2:
        return status, headers, chance.choice(BODIES)
    if how < 0.35:
        name, text = chance.choice(NAMES), chance.choice((None, *TEXTS))
        others = [pair for pair in headers if pair[0].lower() != name]
        return status, others if text is None else [*others, (name, text)], body
    try:
        return status, headers, _with_another_member(chance, json.loads(body))
    except ValueError:  # compressed, or a text
        return status, headers, body[: len(body) // 2]


def _with_another_member(chance: random.Random, value: Any) -> bytes:
    whole = [copy.deepcopy(value)]
    places = list(_places(whole))
    holder, key = chance.choice(places)
    if isinstance(holder, dict) and chance.random() < 0.25:
        del holder[key]
    else:
        holder[key] = chance.choice(VALUES)
    return json.dumps(whole[0], separators=(",", ":")).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    members: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield value, key
        yield from _places(member)


def errors(seed: int, share: float, *options: str) -> list[str]:
    """Check such a mock once, and return the errors of the suite itself: there should be none."""
    app = create_app(Settings(federate=("eu1",)))
    app.add_middleware(Spoiling, seed=seed, share=share)
    with serving(Settings(), app) as port, tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        target = ("--address", f"http://127.0.0.1:{port}", "--seed", str(seed), "--report-json", str(report))
        done = run("check", *target, "--patience", "1", "--server-version", "0.5.4", *options, seconds=3600)
        if not report.exists():
            return [done.stdout + done.stderr]
        totals = json.loads(report.read_text("utf-8"))["totals"]
        said = done.stdout.partition("ERROR of the suite")[2].partition("\nMend these first")[0]
        return [f"{totals['error']} statements: {said}"] if totals["error"] or said else []


def main(argv: Sequence[str] | None = None) -> int:
    """Check again and again; return 1 when the suite had an error of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract_suite.spoiled")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="so many runs (default: 1)")
    parser.add_argument("--share", type=float, default=0.05, metavar="SHARE", help="of the replies (default: 0.05)")
    arguments, options = parser.parse_known_args(argv)
    found = 0
    for _ in range(arguments.runs):
        seed = secrets.randbelow(2**32)
        errors_found = errors(seed, arguments.share, *options)
        sys.stdout.write(f"seed {seed}: {'; '.join(errors_found) or 'ok'}\n")
        sys.stdout.flush()
        found += bool(errors_found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
