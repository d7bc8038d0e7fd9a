"""The command ``nomad-mock`` and its subcommands; without one it serves.

Only what the named subcommand needs is imported: ``--help`` and bad usage are answered at once.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress

from mockserver import serve_command
from mockserver.arguments import Parser, need_variables, parsed
from mockserver.version import mock_version
from nomad_contract_spelling import advice, shown

_COMMANDS: Mapping[str, str] = {
    "serve": "serve a mock; the command that runs when none is named",
    "run": "run a command, such as npm test, with a mock that lasts as long",
    "example-job": "print a small job that runs, to register or to begin with",
    "why": "say why jobs are pending",
    "snapshot": "make a state to begin with of a running cluster, by reading alone",
    "record": "pass requests on to a real server and keep what it answers",
    "replay": "answer as a recorded server did",
}
"""The subcommands, and what each is for."""

_DEFAULT = "serve"
_ABOUT = ("-h", "--help", "--version")
"""Options of the command as a whole, where they come first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand until it is done, or until SIGINT or SIGTERM ends its server.

    Returns:
        The exit code: 0 when all went well, 1 when the command can't do its work, 2 for bad usage.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr is, for terminals that do not know all characters
    if "_ARGCOMPLETE" in os.environ:  # set by a shell that asks how a line could go on
        _complete()
    try:
        options = options_of(sys.argv[1:] if arguments is None else arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except KeyboardInterrupt:  # before it was ready; from then on the server ends by itself
        sys.stderr.write("nomad-mock: interrupted\n")
        return 1


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options on a command line and, as ``run``, what to do with them; bad usage ends the process."""
    first, *rest = arguments or [_DEFAULT]
    if first.startswith("-") and first not in _ABOUT:
        first, rest = _DEFAULT, [*arguments]
    parser = _parser({first})
    if first not in _COMMANDS and first not in _ABOUT:
        parser.error(f"there is no command {shown(first)!r}; {advice(first, _COMMANDS)}")
    place = rest.index("--") if first == "run" and "--" in rest else len(rest)
    options = parsed(parser, [first, *rest[:place]], _COMMANDS)
    if hasattr(options, "admin_token"):
        need_variables(options.parser)
    options.behind = rest[place + 1 :]  # the command to run, whose options are not ours
    return options


def _parser(known: Set[str]) -> argparse.ArgumentParser:
    """Return a parser that knows the options of some commands; of the others it knows what they are for."""
    parser = Parser(
        "nomad-mock",
        usage="nomad-mock [serve] [OPTION ...]\n       nomad-mock COMMAND [OPTION ...]",
        allow_abbrev=False,
        description="A mock of a Nomad 0.5.4 agent's /v1/job API, with a simulated cluster behind it.",
        epilog="nomad-mock COMMAND --help shows the options of a command; those above are the options of serve.",
    )
    commands = parser.add_subparsers(prog="nomad-mock", title="commands", metavar="COMMAND")
    parsers = {
        name: commands.add_parser(name, allow_abbrev=False, help=purpose, description=f"{_sentence(purpose)}.")
        for name, purpose in _COMMANDS.items()
    }
    for name in _COMMANDS:
        if name in known:
            _add_options(name, parsers[name])
    if not known <= _COMMANDS.keys():
        serve_command.add_options(parser)  # for its help: an option in first place is one of serve
    for each in (parser, *parsers.values()):
        each.set_defaults(parser=each)
        each.add_argument("--version", action=_Version, nargs=0, default=argparse.SUPPRESS, help="show the version")
    return parser


def _add_options(command: str, parser: argparse.ArgumentParser) -> None:
    match command:
        case "run":
            from mockserver.commands import run

            run.add_options(parser)
        case "example-job":
            from mockserver.commands import example_job

            example_job.add_options(parser)
        case "why":
            from mockserver.commands import why

            why.add_options(parser)
        case "snapshot":
            from mockserver.commands import snapshot

            snapshot.add_options(parser)
        case "record":
            from mockserver.recorder import command as recorder

            recorder.add_record_options(parser)
        case "replay":
            from mockserver.recorder import command as recorder

            recorder.add_replay_options(parser)
        case _:
            serve_command.add_options(parser)


def _complete() -> None:
    """Tell the shell how the line could go on, and end the process; without argcomplete nothing happens."""
    with suppress(ModuleNotFoundError):
        from mockserver.commands.completion import complete

        complete(_parser({*_COMMANDS, *_ABOUT}))


def _sentence(purpose: str) -> str:
    return purpose[0].upper() + purpose[1:]


class _Version(argparse.Action):
    """Finds out the version only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"nomad-mock {mock_version()}\n")
        parser.exit()
