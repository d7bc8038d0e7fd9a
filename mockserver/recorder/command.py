"""``nomad-mock record`` and ``nomad-mock replay``."""

import argparse
import asyncio
import ipaddress
import json
import os
import socket
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

from mockserver.arguments import filled, one_of, path, port
from mockserver.gostd.urls import host_port

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

    from mockserver.recorder.upstream import Upstream

_LONGEST_ABOUT = 1024 * 1024
"""Bytes that are read of what a server says of itself; a real one says some 10 KiB."""


def add_record_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``record``, and what the command does with them."""
    add = parser.add_argument
    add("--upstream", required=True, metavar="URL", help="the real server, http://host:4646")
    add(
        "--out",
        required=True,
        type=path,
        metavar="FILE",
        help="write the recording to FILE; each exchange is in it as soon as it is over",
    )
    add(
        "--mode",
        type=one_of("server-only", "dev"),
        metavar="server-only|dev",
        help="whether the server has clients (default: ask the server)",
    )
    add("--redact-env", action="store_true", help="leave out all values in the Env of tasks, whatever their names")
    add("--description", default="", metavar="TEXT", help="what the recording shows")
    _add_address_options(parser)
    parser.set_defaults(run=_record)


def add_replay_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``replay``, and what the command does with them."""
    parser.add_argument("file", type=path, metavar="FILE", help="a recording")
    parser.add_argument("--timed", action="store_true", help="take as long as the recorded server did")
    _add_address_options(parser)
    parser.set_defaults(run=_replay)


def _add_address_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", type=filled, default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=4646, help="port, 0 for any free one (default: %(default)s)")


def _record(options: argparse.Namespace) -> int:
    from mockserver.journal.secrets import Redaction
    from mockserver.recorder.proxy import Proxy
    from mockserver.recorder.recording import Recording
    from mockserver.recorder.upstream import Upstream

    try:
        upstream = Upstream(options.upstream)
        about = asyncio.run(_about(upstream))
    except (ValueError, OSError) as error:
        return _fail(str(error))
    listener = _listening(options)
    if listener is None:  # an earlier recording is kept
        return 1
    mode = options.mode or about["mode"]
    redaction = Redaction(env=options.redact_env)
    recording = Recording(
        options.out, server=about["server"], mode=mode, description=options.description, redaction=redaction
    )
    with listener:
        try:
            recording.start()
        except OSError as error:
            return _fail(f"cannot write {options.out}: {error.strerror or error}")
        _serve(Proxy(upstream, recording), listener, f"recording {options.upstream} to {options.out}")
    try:
        recording.finish()
    except OSError as error:
        lost = f", and some exchanges are missing: {recording.trouble}" if recording.trouble else ""
        return _fail(f"cannot put {options.out} in order: {error.strerror or error}; it is as it grew{lost}")
    sys.stdout.write(f"nomad-mock record: {len(recording)} exchanges in {options.out}\n")
    return 0


def _replay(options: argparse.Namespace) -> int:
    from mockserver.recorder.replay import NoRecording, Replay, read_exchanges, redaction_of

    try:
        exchanges, redaction = read_exchanges(options.file), redaction_of(options.file)
    except OSError as error:
        return _fail(f"cannot read {options.file}: {error.strerror or error}")
    except NoRecording as error:
        return _fail(str(error))
    listener = _listening(options)
    if listener is None:
        return 1
    with listener:
        _serve(Replay(exchanges, timed=options.timed, redaction=redaction), listener, f"replaying {options.file}")
    return 0


async def _about(upstream: "Upstream") -> dict[str, str]:
    """Ask a server for its version and mode; without a server there is an ``OSError``."""
    async with upstream.asked("GET", b"/v1/agent/self", [], b"") as answer:
        body = b""
        async for part in answer.parts:
            body += part
            if len(body) > _LONGEST_ABOUT:
                break
    try:
        config: dict[str, Any] = json.loads(body)["config"]
        version = _spelt(config.get("Version")) or "unknown"
        has_client = bool((config.get("Client") or {}).get("Enabled"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        version, has_client = "unknown", True
    return {"server": f"nomad {version}", "mode": "dev" if has_client else "server-only"}


def _spelt(version: Any) -> str:
    """Return a version as a text: newer servers tell an object of its parts."""
    parts = [version.get("Version"), version.get("VersionPrerelease")] if isinstance(version, dict) else [version]
    return "-".join(str(part) for part in parts if part)


def _listening(options: argparse.Namespace) -> socket.socket | None:
    """Return a listening socket; None, with the reason told, when the address can't be had."""
    from mockserver.server import listen

    try:
        return listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None) or 0
        reason = os.strerror(number) if number > 0 else getattr(error, "strerror", None) or error
        _fail(f"cannot listen on {options.host}:{options.port}: {reason}")
        return None


def _serve(app: "ASGIApp", listener: socket.socket, what: str) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """Says when it listens, and ends cleanly."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            host, port = listener.getsockname()[:2]
            exposed = "" if ipaddress.ip_address(host).is_loopback else " (reachable from other machines)"
            sys.stdout.write(f"nomad-mock {what}: http://{host_port(host, port)}{exposed}\n")
            sys.stdout.flush()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
            self.should_exit = True

    Server(config(app)).run([listener])


def config(app: "ASGIApp") -> "uvicorn.Config":
    """Return how uvicorn serves a recorder."""
    from mockserver import server
    from mockserver.http.protocol import AgentProtocol

    return server.config(app, AgentProtocol, lifespan="off")


def _fail(reason: str) -> int:
    sys.stderr.write(f"nomad-mock: {reason}\n")
    return 1
