"""The ``nomad-contract`` command: check a server, judge a client or job files, list statements, compare reports."""

import argparse
import io
import json
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from contract_tests.suite import cli_arguments as given_as
from contract_tests.suite import comparing, programs
from contract_tests.suite.options import OF_A_SERVER, OPTIONS, SWITCHES
from contract_tests.suite.version import suite_version
from contract_tests.trial import arguments as trial_arguments

ABOUT = "Check a server, judge a client or job files, list the statements, clean up after a crash, compare reports."
EXPLAINED = (
    "exit status: 0 all statements at the enforced level hold; 1 some do not, or a MUST was not checked in time; "
    "2 the server could not be checked"
)
_VALIDATE = "validate"
PROFILE = given_as.one_of("smoke", "default", "deep")
LEVELS = given_as.one_of("must", "should", "may")
_SKIP = "NOMAD_SKIP_VERIFY"
_TRUE, _FALSE = ("1", "t", "true"), ("0", "f", "false")
"""What Nomad's own command line reads in that variable."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for terminals that know ASCII only
    parser = _parser()
    if "_ARGCOMPLETE" in os.environ:  # set by a shell that asks how a line could go on
        _complete(parser)
    words, of_client = trial_arguments.parted(list(sys.argv[1:] if argv is None else argv))
    given_as.need_command(parser, words)
    if words[:1] == [_VALIDATE]:
        return programs.validate(words[1:])
    arguments, unknown = parser.parse_known_args(words)
    if unknown:
        meant = arguments.hint(unknown, arguments.command.format_help())
        arguments.command.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
    if of_client:
        arguments.words = of_client
    try:
        given_as.need_packages()
        _need_variables()
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except given_as.Mistake as mistake:
        return _trouble(str(mistake))
    except KeyboardInterrupt:
        return _trouble("interrupted")
    return status


def _need_variables() -> None:
    """Refuse a variable that would count for nothing, as a misspelt option is refused.

    Raises:
        Mistake: There is such a variable.
    """
    known = [variable for variable, _, _ in OPTIONS.values() if variable]
    without = [name for name, (variable, *_) in {**OPTIONS, **SWITCHES}.items() if not variable and name != "progress"]
    given_as.need_variables(os.environ, known, {*without, "seed", "only", "header", "workers", "fail-fast"})
    skip = os.environ.get(_SKIP, "")
    if skip.lower() not in ("", *_TRUE, *_FALSE):
        raise given_as.Mistake(f"{_SKIP}: {skip!r} is neither true nor false")


def _complete(parser: argparse.ArgumentParser) -> None:
    """Tell the shell how the line could go on, and end the process; without argcomplete nothing happens."""
    with suppress(ModuleNotFoundError):
        import argcomplete  # the extra "completion"

        argcomplete.autocomplete(parser)


def _parser() -> given_as.Parser:
    parser = given_as.Parser(prog="nomad-contract", description=ABOUT, epilog=EXPLAINED)
    parser.add_argument("--version", action="version", version=f"nomad-contract {suite_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check a server, or the mock when no address is given", epilog=EXPLAINED)
    _add_target(check)
    _add(check, "server-version", type=given_as.version)
    for name in ("driver", "datacenter", "other-region"):
        _add(check, name)
    for name in ("report-json", "report-html", "report-markdown", "junit", "badge"):
        _add(check, name, type=given_as.filled)
    _add(check, "example-database")
    _add(check, "profile", type=PROFILE)
    _add(check, "level", type=LEVELS)
    _add(check, "baseline", type=given_as.filled)
    _add_globs(check)
    check.add_argument("--allow-placement", action="store_true", help="also check what needs running allocations")
    check.add_argument("--companion", action="store_true", help=SWITCHES["companion"][1])
    check.add_argument(
        "-n",
        "--workers",
        metavar="N",
        type=given_as.workers,
        help="check with this many processes; default 1, on the mock by processors",
    )
    check.add_argument("--seed", metavar="N", type=given_as.whole, help="repeat a run; default random")
    check.add_argument("-v", "--verbose", action="store_true", help=SWITCHES["verbose"][1])
    check.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    _add(check, "patience", type=given_as.patience)
    _add(check, "time-limit", type=given_as.seconds)
    check.add_argument("--allow-incomplete", action="store_true", help=SWITCHES["allow-incomplete"][1])
    check.set_defaults(run=_check)
    trial_arguments.add_to(commands)
    commands.add_parser(_VALIDATE, help="judge job files as an agent would: what is refused, dropped, filled in")
    listing = commands.add_parser("list", help="print the statements that would be checked; sends nothing")
    _add_globs(listing)
    listing.add_argument(
        "--level", metavar="LEVEL", type=LEVELS, help="list only statements of this level or above: must, should or may"
    )
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=_list)
    cleanup = commands.add_parser("cleanup", help="deregister what interrupted runs left behind")
    _add_target(cleanup, address="address of the server")
    cleanup.add_argument(
        "--prefix", type=given_as.prefix, default=given_as.OWN, help="of the job IDs; default that of every run"
    )
    cleanup.set_defaults(run=_cleanup)
    compare = commands.add_parser(
        "compare",
        help="put the reports of several servers, or of several clients, into one table",
        epilog="exit status: 0; with --fail-on-regression 1 if a statement that held does not hold any more, "
        "or a freedom that was survived is not survived",
    )
    compare.add_argument("reports", nargs="+", metavar="REPORT.json")
    compare.add_argument("--report-html", metavar="FILE", help="write the table as HTML instead of text")
    compare.add_argument(
        "--fail-on-regression",
        action="store_true",
        help="of two reports, the old one and the new one, print what changed; fail if something got worse",
    )
    compare.set_defaults(run=comparing.compare)
    diff = commands.add_parser(
        "diff",
        help="print the statements on which two servers, or two reports, differ",
        epilog="exit status: 0 they do not differ; 1 they do; 2 a server could not be checked",
    )
    for name in ("one", "other"):
        diff.add_argument(name, metavar="URL|REPORT.json", help="address of a server, which is checked, or a report")
    _add(diff, "profile", type=PROFILE)
    _add_globs(diff)
    diff.add_argument("--companion", action="store_true", help=SWITCHES["companion"][1])
    diff.add_argument("--report-html", metavar="FILE", help="also write both reports side by side as HTML")
    diff.set_defaults(run=comparing.diff)
    for command in commands.choices.values():
        command.set_defaults(command=command, hint=command.get_default("hint") or given_as.hint)
    return parser


def _forget_another_server(arguments: argparse.Namespace) -> None:
    """Leave out what the environment says about a server, where the suite checks its mock instead."""
    for name in (option.replace("-", "_") for option in OF_A_SERVER):
        if isinstance(getattr(arguments, name), _Told):
            setattr(arguments, name, None)


def _need_keys(arguments: argparse.Namespace) -> None:
    given_as.need_files(**{name: getattr(arguments, name) for name in ("cacert", "client_cert", "client_key")})


def _need_placement(arguments: argparse.Namespace) -> None:
    """Refuse to be told where a job can run when none will run; on the suite's own mock there is placement.

    Raises:
        Mistake: There is such an option.
    """
    for name in ("driver", "datacenter"):
        value = getattr(arguments, name)
        given = value != OPTIONS[name][1] and not isinstance(value, _Told)
        if given and arguments.address and not arguments.allow_placement:
            raise given_as.Mistake(f"--{name} goes with --allow-placement: without it nothing is placed on a node")


_MOST_WORKERS = 4
"""More processes, each with a mock of its own, take longer to start than they save."""
WRITTEN = ("report_json", "report_html", "report_markdown", "junit", "badge")
"""The options whose value is a file that is written."""
TARGET = ("address", "region", "namespace", "token", "http-auth", "rate-limit", "cacert", "client-cert", "client-key")
METAVARS = {
    "address": "URL",
    "region": "NAME",
    "namespace": "NAME",
    "token": "TOKEN",
    "http-auth": "USER:PASSWORD",
    "rate-limit": "N",
    "profile": "NAME",
    "level": "LEVEL",
    "baseline": "RELEASE|REPORT",
    "server-version": "VERSION",
    "driver": "NAME",
    "datacenter": "NAME",
    "other-region": "NAME",
    "example-database": "PLACE",
    "patience": "DURATION",
    "time-limit": "DURATION",
}
"""The name of an option's value in the help; all others are files."""


def _add_target(parser: argparse.ArgumentParser, **texts: str) -> None:
    types = {"address": given_as.filled, "http-auth": given_as.http_auth, "rate-limit": given_as.rate}
    for name in TARGET:
        _add(
            parser,
            name,
            **({"help": texts[name]} if name in texts else {}),
            **({"type": types[name]} if name in types else {}),
        )
    parser.add_argument(
        "--header",
        metavar="NAME:VALUE",
        action="append",
        default=[],
        type=given_as.header,
        help="a header of every request, whose value is never shown; may be repeated",
    )
    skip = os.environ.get(_SKIP, "").lower() in _TRUE
    text = f"do not check the certificate [{_SKIP}]"
    parser.add_argument("--skip-verify", action="store_true", default=skip, help=text)


def _add_globs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only",
        metavar="GLOB",
        action="append",
        default=[],
        help="only statements whose id matches GLOB; may be repeated",
    )


def _add(parser: argparse.ArgumentParser, name: str, **more: Any) -> None:
    variable, _, text = OPTIONS[name]
    text = more.pop("help", text) + (f" [{variable}]" if variable else "")
    parser.add_argument(f"--{name}", metavar=METAVARS.get(name, "FILE"), default=_default(name), help=text, **more)


class _Told(str):
    """What a variable of the environment says, where there is no option."""


def _default(name: str) -> str | None:
    variable, default, _ = OPTIONS[name]
    told = os.environ.get(variable) if variable else None
    return _Told(told) if told else default or None


def _check(arguments: argparse.Namespace) -> int:
    import pytest

    from contract_tests.suite.baseline import baseline_named

    if arguments.address:
        given_as.need_address(arguments.address)
    else:
        _forget_another_server(arguments)
    given_as.need_globs(arguments.only)
    _need_keys(arguments)
    _need_placement(arguments)
    given_as.need_room(**{name: getattr(arguments, name) for name in WRITTEN})
    if arguments.baseline:
        baseline_named(arguments.baseline)
    given = vars(arguments)
    options = [f"--nomad-{name}={given[name.replace('-', '_')] or ''}" for name in OPTIONS if name != "prefix"]
    options += [f"--nomad-only={glob}" for glob in arguments.only]
    options += [f"--nomad-header={header}" for header in arguments.header]
    options += [f"--nomad-{name}" for name in SWITCHES if given.get(name.replace("-", "_"))]
    options += [f"--hypothesis-seed={arguments.seed or secrets.randbelow(2**32)}", "--nomad-progress"]
    options += ["-x"] if arguments.fail_fast else []
    workers = arguments.workers or ("" if arguments.address else _own_workers())
    options += ["-n", workers, "--dist=worksteal"] if workers not in ("", "0", "1") else []
    # The user's own pytest set-up must not interfere: no ini file, no plugins but ours.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    here = Path(__file__).parent
    plugins = ["_hypothesis_pytestplugin", "contract_tests.plugin", "contract_tests.suite.terminal", "xdist.plugin"]
    own = ["-c", str(here / "pytest.ini"), f"--rootdir={here}", "-p", "no:cacheprovider", "-q"]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not arguments.address:  # in a script the address may be missing by mistake
        sys.stderr.write(
            "nomad-contract: there is no --address and no NOMAD_ADDR: the suite checks a mock of its own\n"
        )
    status = int(pytest.main([*own, *(f"-p{plugin}" for plugin in plugins), *options, str(here)]))
    return status if status in (0, 1) else 2


def _own_workers() -> str:
    """Return the number of processes that check the mock: two more than processors, because some always wait."""
    processors = given_as.processors()
    return str(min(processors + 2, _MOST_WORKERS)) if processors > 1 else ""


def _list(arguments: argparse.Namespace) -> int:
    from contract_tests.statements import matching

    given_as.need_globs(arguments.only)
    ranks = {"must": 3, "should": 2, "may": 1, None: 1}
    wanted = [s for s in matching(arguments.only) if s.level >= ranks[arguments.level]]
    if arguments.json:
        data = [
            {"id": s.id, "level": s.level.name, "section": s.section, "source": s.source, "text": s.text}
            | ({"needs": s.needs.split(", ")} if s.needs else {})
            for s in wanted
        ]
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    else:
        for s in wanted:
            sys.stdout.write(f"{s.level.name:<7}{s.id}: {s.text}{f' [needs {s.needs}]' if s.needs else ''}\n")
    return 0 if wanted else 2


def _cleanup(arguments: argparse.Namespace) -> int:
    from contract_tests.client.identity import Unreachable, identify
    from contract_tests.client.nomad import Nomad
    from contract_tests.client.target import Target
    from contract_tests.findings import Ledger
    from contract_tests.suite.settings import is_reference, pairs

    given = vars(arguments)
    if not arguments.address:
        return _trouble("cleanup needs --address or NOMAD_ADDR")
    given_as.need_address(arguments.address)
    _need_keys(arguments)
    settings: dict[str, Any] = {name: given[name] or "" for name in (one.replace("-", "_") for one in TARGET)}
    settings["rate_limit"] = float(settings["rate_limit"] or 0)
    target = Target.at(**settings, headers=pairs(arguments.header), skip_verify=arguments.skip_verify)
    try:
        version = identify(target).version
    except Unreachable as problem:
        return _trouble(str(problem))
    nomad = Nomad(target, Ledger(), arguments.prefix, purge=not is_reference(version))
    found, left = nomad.own.sweep()
    nomad.close()
    sys.stdout.write("".join(f"still there: {one}\n" for one in left))
    sys.stdout.write(f"{found - len(left)} jobs deregistered, {len(left)} left\n")
    return 1 if left else 0


def _trouble(text: str) -> int:
    sys.stderr.write(f"nomad-contract: {text}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
