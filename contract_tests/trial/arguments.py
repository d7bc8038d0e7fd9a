"""The command ``nomad-contract client``: its options, and the trial that they make."""

import argparse
import secrets
import signal
from collections.abc import Sequence
from typing import Any, Protocol

from contract_tests.suite import cli_arguments as given_as
from contract_tests.suite.options import OPTIONS

EXPLAINED = (
    "exit status: 0 the client survives every freedom and its conduct is right; 1 it does not; "
    "2 it could not be judged, for example because its tests fail on the plain mock"
)
_SEEDS = 1_000_000
_OF_THE_MOCK = {
    "--vary": "a trial varies by itself: --only and --except choose the freedoms, --seed and --seeds what they do",
    "--vary-only": "--only chooses the freedoms of a trial",
    "--vary-replies": "a trial finds by itself which replies make the difference",
    **dict.fromkeys(
        (
            *("--nodes", "--region", "--federate", "--ignore-unknown-fields", "--mock-driver", "--clock", "--speed"),
            "--shuffle-placements",
            *("--strict", "--strict-clients", "--host", "--port", "--tls-cert", "--tls-key", "--connection-limit"),
            *("--log-level", "--admin-token", "--admin-host", "--no-admin", "--data-dir", "--cors"),
            *("--journal-limit", "--journal-bytes"),
        ),
        "a trial starts mocks of its own, and --load says what they begin with",
    ),
}
"""What to do instead of giving an option of ``nomad-mock``."""


def parted(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the words of ``nomad-contract client`` before ``--``, and those of the client's test command behind it."""
    if words[:1] != ["client"] or "--" not in words:
        return words, ()
    place = list(words).index("--")
    return words[:place], words[place + 1 :]


def hint(unknown: Sequence[str], usage: str) -> str:
    """Return what to do about words that ``nomad-contract client`` does not know; "" where that is unknown."""
    options = [word.partition("=")[0] for word in unknown]
    meant = next((option for option in options if option in _OF_THE_MOCK), None)
    if meant is None:
        return given_as.hint(unknown, usage)
    return f"; {meant} is an option of nomad-mock: {_OF_THE_MOCK[meant]}"


class Commands(Protocol):
    """Takes subcommands, as argparse does."""

    def add_parser(self, name: str, **more: Any) -> argparse.ArgumentParser:
        """Add one."""


def add_to(commands: Commands) -> None:
    """Add the command to those of ``nomad-contract``."""
    client = commands.add_parser(
        "client",
        help="judge a client: run its own tests against mocks that do what a server may do",
        usage="nomad-contract client [options] -- COMMAND...",
        description="Run the client's own test command with NOMAD_ADDR set: against the plain mock, then once for each "
        "freedom that the documentation leaves to a server, then under all of them together.",
        epilog=EXPLAINED,
    )
    add = client.add_argument
    add("--only", metavar="GLOB", action="append", default=[], help="only these freedoms; may be repeated")
    add(
        "--except",
        metavar="GLOB",
        dest="without",
        action="append",
        default=[],
        help="not these freedoms or statements of conduct; may be repeated",
    )
    add(
        "--weather",
        metavar="GLOB",
        nargs="?",
        const="*",
        action="append",
        help="also what happens to every client in production, all of it or these; may be repeated",
    )
    add("--seed", metavar="N", type=_whole, help="repeat a trial; default random")
    add("--seeds", metavar="N", type=_whole, default=3, help="runs under all freedoms together; default 3")
    add("--load", metavar="FILE|DIR", action="append", default=[], help="begin with these jobs; may be repeated")
    add(
        "--level",
        metavar="LEVEL",
        type=given_as.one_of("must", "should", "may"),
        default="must",
        help="lowest level of conduct that fails: must, should or may; default must",
    )
    add(
        "--run-limit",
        metavar="DURATION",
        type=given_as.seconds,
        help="kill a run after this time; default 300 for the first, then 5 times as long as the first and 15 s",
    )
    add("--time-limit", metavar="DURATION", type=given_as.seconds, default="0", help="begin no run after this time")
    add(
        "--allow-incomplete", action="store_true", help="exit with 0 although the time was up before every run was made"
    )
    add(
        "-n",
        "--parallel",
        metavar="N",
        type=_from_one,
        help="make this many runs at a time; default one for each processor, or two if the client's tests mostly wait, "
        "up to 8",
    )
    for name in ("report-json", "report-html", "report-markdown", "junit", "badge"):
        add(f"--{name}", metavar="FILE", type=given_as.filled, help=OPTIONS[name][2])
    add("-v", "--verbose", action="store_true", help="print a line for each run and every failure in full")
    client.set_defaults(run=run, words=[], hint=hint)


def run(arguments: argparse.Namespace) -> int:
    """Judge a client; return the exit status.

    Raises:
        Mistake: The command line asks for what cannot be done, or the client cannot be judged.
    """
    from contract_tests.conduct import conduct
    from contract_tests.statements import Level
    from contract_tests.suite.reports import FORMS
    from contract_tests.trial.freedoms import freedoms, selected
    from contract_tests.trial.judging import Settings, judge_client

    if not arguments.words:
        raise given_as.Mistake("say how the client's tests are run, behind --: nomad-contract client -- COMMAND...")
    given_as.matching(arguments.without, [*freedoms(), *conduct()], "freedom or statement of conduct")
    files = {name: getattr(arguments, name) for name in FORMS}
    given_as.need_room(**files)
    settings = Settings(
        words=arguments.words,
        freedoms=tuple(each.id for each in selected(arguments.only, arguments.without, arguments.weather)),
        without=arguments.without,
        seed=secrets.randbelow(_SEEDS) if arguments.seed is None else arguments.seed,
        seeds=arguments.seeds,
        load=[word for file in arguments.load for word in ("--load", file)],
        level=Level[arguments.level.upper()],
        run_limit=float(arguments.run_limit) if arguments.run_limit else None,
        time_limit=float(arguments.time_limit),
        parallel=arguments.parallel,
        allow_incomplete=arguments.allow_incomplete,
        verbose=arguments.verbose,
        files=files,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return judge_client(settings)


def _whole(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number")


def _from_one(text: str) -> int:
    if number := _whole(text):
        return number
    raise argparse.ArgumentTypeError("at least 1 run at a time")
