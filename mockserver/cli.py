"""The ``nomad-mock`` command."""

import argparse
import errno
import ipaddress
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.arguments import one_of, parsed
from mockserver.version import mock_version

if TYPE_CHECKING:
    from mockserver.settings import Settings

_LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
_LARGEST_PORT = 65535
_FASTEST = 1_000_000
_SLOWEST = 0.000_001
_LONGEST_NUMBER = 18
_TOKEN = "NOMAD_MOCK_ADMIN_TOKEN"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a mock until SIGINT or SIGTERM; returns the exit code: 0, 1 when it can't start, 2 for bad usage.

    ``record`` and ``replay`` as the first argument are commands of their own.
    """
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # before it was ready; from then on the server ends by itself
        return _fail("interrupted")


def _run(arguments: Sequence[str]) -> int:
    if arguments[:1] in (["record"], ["replay"]):
        from mockserver.recorder.command import main as command

        return command(arguments)
    settings = _settings(parsed(_parser(), arguments, ("record", "replay")))
    _log_to_stderr(settings.log_level)
    # these imports cost most of the start; bad usage and --help don't need them
    from mockserver import gc_pauses
    from mockserver.app import create_app
    from mockserver.http.connections import make_room_for
    from mockserver.server import AgentServer, listen
    from mockserver.worlds.job_files import LoadError

    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        advice = "; --port 0 takes any free one" if error.errno == errno.EADDRINUSE else ""
        return _fail(f"cannot listen on {settings.host}:{settings.port}: {reason}{advice}")
    make_room_for(settings.connection_limit)
    settings = replace(settings, port=listener.getsockname()[1])  # the agent tells its clients where it is
    try:
        app = create_app(settings)
    except (LoadError, OSError, ValueError) as error:
        listener.close()
        return _fail(_reason(error))
    except KeyboardInterrupt:
        listener.close()
        raise
    try:
        server = AgentServer(app, settings, lambda: _say_ready(app.state.spaces.default.world.settings, settings.port))
        server.config.load()
    except (OSError, ValueError) as error:
        listener.close()
        return _fail(f"cannot use {settings.tls_cert} with {settings.tls_key} for TLS: {_reason(error)}")
    _warn_of_open_doors(settings)
    with gc_pauses.short():
        server.run([listener])
    return 0


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(levelname)s %(name)s: %(message)s")
    if level == "warning":  # uvicorn warns of each malformed request, but those are what a mock is there for
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "nomad-mock",
        allow_abbrev=False,
        description="A mock of a Nomad 0.5.4 agent's /v1/job API, with a simulated cluster behind it.",
        epilog="See also: nomad-mock record --help, nomad-mock replay --help (keep what a real server answers).",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=4646, help="port to listen on, 0 for any free one (default: %(default)s)")
    add(
        "--nodes", type=_nodes, default=1, metavar="N|FILE", help="simulated nodes, or a JSON file of them (default: 1)"
    )
    add("--region", type=_name, default="global", help="name of the region (default: %(default)s)")
    add("--federate", type=_names, default=(), metavar="REGION,...", help="other regions this agent can reach")
    add("--seed", type=_seed, metavar="N", help="the same seed gives the same IDs and choices")
    add(
        "--load",
        type=Path,
        action="append",
        default=[],
        metavar="FILE|DIR",
        help="jobs to register, lists of nodes, a state",
    )
    add(
        "--log-level",
        type=one_of(*_LOG_LEVELS),
        default="warning",
        metavar="LEVEL",
        help=f"{', '.join(_LOG_LEVELS)} (default: %(default)s)",
    )
    add("--tls-cert", type=Path, metavar="FILE", help="serve HTTPS with this certificate")
    add("--tls-key", type=Path, metavar="FILE", help="the key of that certificate")
    add(
        "--clock",
        type=one_of("real", "manual"),
        default="real",
        metavar="real|manual",
        help="manual stands still until it is moved by hand",
    )
    add("--speed", type=_speed, metavar="N", help="let time pass N times as fast")
    add("--admin-token", metavar="TOKEN", help=f"what the control plane asks for (default: {_TOKEN}, where it is set)")
    add(
        "--admin-host", action="append", default=[], metavar="NAME", help="serve the control plane under this name, too"
    )
    add("--no-admin", action="store_true", help="serve no control plane")
    add("--data-dir", type=Path, metavar="DIR", help="keep the state there; a start with it goes on where it was")
    add("--mock-driver", action="store_true", help="accept Nomad's test driver mock_driver")
    add("--strict", action="store_true", help="check every reply against its schema; answer 500 when one violates it")
    add("--strict-clients", action="store_true", help="refuse requests of which an agent would silently drop something")
    add("--journal-limit", type=_limit, default=1000, metavar="N", help="exchanges to keep, 0 for none (default: 1000)")
    add(
        "--journal-bytes",
        type=_limit,
        default=16 * 1024 * 1024,
        metavar="N",
        help="memory for these, per world (default: 16 MiB)",
    )
    add(
        "--connection-limit",
        type=_connections,
        default=10_000,
        metavar="N",
        help="connections to serve at a time (default: %(default)s); more are answered 503",
    )
    add("--version", action=_Version, nargs=0, default=argparse.SUPPRESS, help="show the version and exit")
    return parser


class _Version(argparse.Action):
    """Finds out the version only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"nomad-mock {mock_version()}\n")
        parser.exit()


def _settings(options: argparse.Namespace) -> "Settings":
    from mockserver.settings import Settings

    if (options.tls_cert is None) != (options.tls_key is None):
        _parser().error("--tls-cert and --tls-key go together")
    if len({options.region, *options.federate}) != 1 + len(options.federate):
        _parser().error("--region and --federate name a region twice")
    if options.clock == "manual" and options.speed is not None:
        _parser().error("a manual clock has no --speed")
    given = vars(options)
    clock, speed, no_admin, admin_host = (given.pop(name) for name in ("clock", "speed", "no_admin", "admin_host"))
    return Settings(
        **{**given, "load": tuple(options.load), "admin_token": options.admin_token or os.environ.get(_TOKEN) or None},
        admin=not no_admin,
        admin_hosts=tuple(admin_host),
        speed=0 if clock == "manual" else speed or 1,
    )


def _port(text: str) -> int:
    port = _number(text, "a port, 0 to 65535")
    if port > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return port


def _limit(text: str) -> int:
    return _number(text, "a number from 0 on")


def _connections(text: str) -> int:
    limit = _number(text, "a number from 1 on")
    if limit < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return limit


def _seed(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    return sign * _number(text.removeprefix("-"), "a whole number")


def _number(text: str, expected: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise argparse.ArgumentTypeError(f"{text!r} is not {expected}")
    return int(text)


def _speed(text: str) -> float:
    with suppress(ValueError):
        if _SLOWEST <= (speed := float(text)) <= _FASTEST:
            return speed
    raise argparse.ArgumentTypeError(f"{text!r} is not how many times as fast, such as 60 or 0.5; up to {_FASTEST}")


def _nodes(text: str) -> int | Path:
    if text.isascii() and text.isdigit():
        return _number(text, "a number of nodes")
    if text.startswith("-"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of nodes nor a file of them")
    return Path(text)


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a name must not be empty")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _say_ready(settings: "Settings", port: int) -> None:
    scheme = "http" if settings.tls_cert is None else "https"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    regions = ", ".join((settings.region, *settings.federate))
    nodes = _counted(settings.nodes, "node") if isinstance(settings.nodes, int) else f"nodes of {settings.nodes}"
    exposed = "" if _is_loopback(settings.host) else ", reachable from other machines"
    kept = "" if settings.data_dir is None else f", kept in {settings.data_dir}"
    label = "regions" if settings.federate else "region"
    address = f"{scheme}://{host}:{port}"
    dashboard = f"; dashboard {address}/__admin/ui" if settings.admin else ""
    sys.stdout.write(f"nomad-mock ready: {address} ({label} {regions}, {nodes}{kept}{exposed}){dashboard}\n")
    sys.stdout.flush()


def _warn_of_open_doors(settings: "Settings") -> None:
    if settings.admin and not settings.admin_token and not _is_loopback(settings.host):
        sys.stderr.write(
            "nomad-mock: WARNING: whoever reaches this machine can use the control plane at /__admin; "
            "start with --admin-token, --no-admin or --host 127.0.0.1\n"
        )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _fail(reason: str) -> int:
    sys.stderr.write(f"nomad-mock: {reason}\n")
    return 1
