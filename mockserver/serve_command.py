"""``nomad-mock serve``: serve a mock until a signal ends it."""

import argparse
import errno
import ipaddress
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver import serve_options
from mockserver.phrases import counted
from mockserver.serve_options import settings_of

if TYPE_CHECKING:
    import socket

    from mockserver.server import AgentServer
    from mockserver.settings import Settings
    from mockserver.worlds import World


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a mock to a parser, and ``run`` as what the command does with them."""
    serve_options.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve a mock until SIGINT or SIGTERM; return the exit code.

    Options that contradict each other end the process with the usage of ``options.parser``. ``KeyboardInterrupt`` is
    raised when Ctrl-C came before the mock was ready.
    """
    settings = settings_of(options)
    try:
        listener, server = prepared(settings)
    except CannotServe as reason:
        sys.stderr.write(f"nomad-mock: {reason}\n")
        return 1
    from mockserver import gc_pauses

    server.on_ready = lambda: _say_ready(server.default_world, listener.getsockname()[1])
    with gc_pauses.short():
        server.run([listener])
    return 0


class CannotServe(Exception):
    """A mock with these settings can't be served; the text says why."""


def prepared(settings: "Settings") -> "tuple[socket.socket, AgentServer]":
    """Return a listening socket and a server for it that has not started; warn of a control plane that is open to all.

    Raises:
        CannotServe: The port is taken, what is to be loaded can't be, or TLS has no certificate.
        KeyboardInterrupt: Ctrl-C came meanwhile.
    """
    _log_to_stderr(settings.log_level)
    # these imports cost most of the start; bad usage and --help don't need them
    from mockserver.app import create_app
    from mockserver.http.connections import make_room_for
    from mockserver.server import AgentServer, listen
    from mockserver.worlds.job_files import LoadError

    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        advice = "; --port 0 takes any free one" if error.errno == errno.EADDRINUSE else ""
        raise CannotServe(f"cannot listen on {settings.host}:{settings.port}: {reason}{advice}") from None
    make_room_for(settings.connection_limit)
    settings = replace(settings, port=listener.getsockname()[1])  # the agent tells its clients its address
    try:
        server = AgentServer(create_app(settings), settings)
    except (LoadError, OSError, ValueError) as error:
        listener.close()
        raise CannotServe(_reason(error)) from None
    except KeyboardInterrupt:
        listener.close()
        raise
    try:
        server.config.load()
    except (OSError, ValueError) as error:
        listener.close()
        problem = f"cannot use {settings.tls_cert} with {settings.tls_key} for TLS: {_reason(error)}"
        raise CannotServe(problem) from None
    _warn_of_open_doors(settings)
    return listener, server


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(levelname)s %(name)s: %(message)s")
    if level == "warning":  # uvicorn warns about each malformed request, but a mock is made for those
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


def _say_ready(world: "World", port: int) -> None:
    settings = world.settings
    scheme = "http" if settings.tls_cert is None else "https"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    regions = ", ".join((settings.region, *settings.federate))
    number = sum(1 for _ in world.agent.local.state.nodes())
    nodes = f"nodes of {settings.nodes}" if isinstance(settings.nodes, Path) else counted(number, "node")
    exposed = "" if _is_loopback(settings.host) else ", reachable from other machines"
    kept = "" if settings.data_dir is None else f", kept in {settings.data_dir}"
    label = "regions" if settings.federate else "region"
    varied = "" if settings.vary is None else f", varied with seed {settings.vary.seed}"
    address = f"{scheme}://{host}:{port}"
    dashboard = f"; dashboard {address}/__admin/ui" if settings.admin else ""
    sys.stdout.write(f"nomad-mock ready: {address} ({label} {regions}, {nodes}{varied}{kept}{exposed}){dashboard}\n")
    sys.stdout.flush()


def _warn_of_open_doors(settings: "Settings") -> None:
    if settings.admin and not settings.admin_token and not _is_loopback(settings.host):
        sys.stderr.write(
            "nomad-mock: WARNING: whoever reaches this machine can use the control plane at /__admin; "
            "start with --admin-token, --no-admin or --host 127.0.0.1\n"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)
