"""``nomad-mock run``: run a command, such as ``npm test``, with a mock that lasts as long."""

import argparse
import json
import os
import shlex
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from mockserver import serve_options
from mockserver.arguments import SPACE, TOKEN, path
from mockserver.commands.why import ADDRESS
from mockserver.gostd.urls import host_port
from mockserver.serve_options import settings_of

if TYPE_CHECKING:
    from mockserver.settings import Settings

NO_MOCK = 125
"""The exit status when the mock can't be had; the command was not run. ``timeout`` and ``docker run`` use it so."""

_NOT_EXECUTABLE, _NOT_FOUND = 126, 127
"""Exit statuses of a command that could not be started, as a shell has them."""

_SIGNALLED = 128
"""A command that a signal ended has this exit status and the signal's number together, as in a shell."""

_SHOWN = 100
"""Exchanges that are printed, the newest."""

_PASSED_ON = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)
_OF_THE_KEYBOARD = frozenset(("SIGINT", "SIGQUIT"))
"""Signals that a terminal sends to the command as well."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``run``, those of a mock among them, and what the command does with them."""
    parser.usage = "nomad-mock run [OPTION ...] -- COMMAND ..."
    parser.epilog = (
        f"The command finds the mock by {ADDRESS}. The exit status is that of the command; {NO_MOCK}: the mock did not "
        "start, and the command was not run."
    )
    group = parser.add_argument_group("the command")
    group.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="COMMAND", help="what to run, behind --, such as: -- npm test"
    )
    group.add_argument(
        "--journal-on-failure", action="store_true", help="print the exchanges with the mock when the command fails"
    )
    group.add_argument(
        "--report", type=path, metavar="FILE", help="write the exchanges and how it ended to FILE, as JSON"
    )
    serve_options.add_options(parser)
    parser.set_defaults(run=run, port=0)


def run(options: argparse.Namespace) -> int:
    """Run the command with a mock; return its exit status."""
    from mockserver.serve_command import CannotServe, prepared

    parser: argparse.ArgumentParser = options.parser
    if not options.behind:
        parser.error(f"say what to run, behind --: nomad-mock run -- {shlex.join(options.words or ('npm', 'test'))}")
    if options.no_admin and (options.journal_on_failure or options.report):
        parser.error("--journal-on-failure and --report need the control plane, so they do not go with --no-admin")
    settings = settings_of(options)
    if options.journal_on_failure and not settings.journal_limit:
        parser.error("--journal-on-failure needs a journal, so it does not go with --journal-limit 0")
    if options.report:
        try:
            options.report.open("a").close()
        except OSError as error:  # found out before the command runs, not after
            parser.error(f"argument --report: cannot write {options.report}: {error.strerror}")
    try:
        listener, server = prepared(settings)
    except CannotServe as reason:
        return _fail(str(reason), NO_MOCK)
    from mockserver.in_thread import NotStarted, in_thread

    address = _address(settings, listener.getsockname()[1])
    try:
        with in_thread(server, listener):
            began = time.monotonic()
            status = _run(options.behind, _environment(address, settings))
            return _reported(options, settings, address, status, time.monotonic() - began)
    except NotStarted as reason:
        return _fail(str(reason), NO_MOCK)


def _reported(options: argparse.Namespace, settings: "Settings", address: str, status: int, seconds: float) -> int:
    """Return the exit status, after it was told what the options want told."""
    failed = options.journal_on_failure and status
    if not failed and not options.report:
        return status
    from mockserver.client import MockClient

    mock = MockClient(address, token=settings.admin_token, tls=_trusting(settings))
    exchanges = mock.requests.list(whole=True) if settings.journal_limit else ()
    if failed:
        _print_exchanges(f"{options.behind[0]} ended with exit status {status}", exchanges)
    if options.report:
        report = {
            "command": options.behind[0],
            "exit_status": status,
            "seconds": round(seconds, 3),
            "settings": mock.settings(),
            "exchanges": exchanges,
        }
        try:
            options.report.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
        except OSError as error:
            return _fail(f"cannot write {options.report}: {error.strerror or error}", status or 1)
    return status


def _print_exchanges(how: str, exchanges: Sequence[Mapping[str, Any]]) -> None:
    from mockserver.client.exchange_text import exchange_lines
    from mockserver.phrases import counted

    if not exchanges:
        sys.stderr.write(f"nomad-mock: {how}; no request came to the address in {ADDRESS}\n")
        return
    earlier = len(exchanges) - _SHOWN
    sys.stderr.write(f"nomad-mock: {how}; {counted(len(exchanges), 'exchange')} with the mock, the newest last:\n")
    if earlier > 0:
        sys.stderr.write(f"  ({counted(earlier, 'earlier exchange')}; --report FILE has all)\n")
    for line in exchange_lines(exchanges[-_SHOWN:]):
        sys.stderr.write(f"  {line}\n")


def _run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command and pass signals on to it; return its exit status, as a shell would."""
    with _signals_passed_on() as to:
        try:
            process = subprocess.Popen(words, env=environment)
        except OSError as error:
            advice = f"; a line for a shell is given as: -- sh -c '{words[0]}'" if " " in words[0] else ""
            found = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
            return _fail(f"cannot run {words[0]!r}: {error.strerror}{advice}", found)
        to(process)
        status = process.wait()
    return status if status >= 0 else _SIGNALLED - status


@contextmanager
def _signals_passed_on() -> "Iterator[Callable[[subprocess.Popen[bytes]], None]]":
    """Live on when a signal comes, and pass it on to a process, as soon as that is named."""
    started: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if signal.Signals(number).name in _OF_THE_KEYBOARD and _has_the_terminal():
            return  # the command is in our process group: the terminal has told it as well
        if started:
            started[0].send_signal(number)
        else:
            early.append(number)

    def to(process: "subprocess.Popen[bytes]") -> None:
        started.append(process)
        for number in early:
            process.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    try:
        yield to
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_the_terminal() -> bool:
    """Whether there is a terminal, and our process group is the one that its keys are for."""
    with suppress(OSError, AttributeError):  # no terminal; no such thing on this system
        terminal = os.open("/dev/tty", os.O_RDONLY)
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        finally:
            os.close(terminal)
    return False


def _environment(address: str, settings: "Settings") -> dict[str, str]:
    """Return the variables of the command: ours, and how it finds the mock."""
    from mockserver.client.surroundings import OF_ANOTHER_SERVER, leading_to

    kept = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER_SERVER}
    known = {**leading_to(address, os.environ), SPACE: "default"}
    if settings.admin_token:
        known[TOKEN] = settings.admin_token
    if settings.tls_cert:
        known["NOMAD_CACERT"] = str(settings.tls_cert.resolve())
    return {**kept, **known}


def _address(settings: "Settings", port: int) -> str:
    """Return the address that reaches the mock from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"{'https' if settings.tls_cert else 'http'}://{host_port(host, port)}"


def _trusting(settings: "Settings") -> ssl.SSLContext | None:
    """Return a context that trusts the mock's certificate, whatever it is: we have started that mock."""
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _fail(reason: str, status: int) -> int:
    sys.stderr.write(f"nomad-mock: {reason}\n")
    return status
