"""``python -m mockserver.judge`` is ``nomad-contract validate``, which starts it."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from mockserver.arguments import Parser, one_of, parsed

if TYPE_CHECKING:
    from mockserver.judge.findings import Level
    from mockserver.judge.reports import Judged

_DESCRIPTION = (
    "Say what a Nomad 0.5.4 agent makes of job files: what it refuses and with which text, what it drops without a "
    "word, what it fills in and changes. A file holds a job in HCL or as JSON, bare or as nomad run -output prints it."
)
_EPILOG = (
    "exit status: 0 every job is accepted and nothing of it is lost; 1 one is refused, or loses something; "
    "2 a file cannot be judged, or the command line is wrong"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge files; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for terminals that know ASCII only
    options = parsed(_parser(), sys.argv[1:] if arguments is None else arguments)
    try:
        status = _validate(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("nomad-contract: interrupted\n")
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser("nomad-contract validate", allow_abbrev=False, description=_DESCRIPTION, epilog=_EPILOG)
    add = parser.add_argument
    add(
        "files",
        nargs="+",
        metavar="FILE",
        help="a job file, a folder of *.json, *.nomad and *.hcl files, or - for standard input",
    )
    add(
        "--format",
        type=one_of("text", "json", "github"),
        metavar="text|json|github",
        help="how it is told; default text, and annotations for github in GitHub Actions",
    )
    add(
        "--show",
        type=one_of("error", "warning", "note"),
        metavar="error|warning|note",
        help="show findings from this level up: error (refused), warning (something is lost), note (filled in or "
        "changed); default note, and warning for github",
    )
    add("-v", "--verbose", action="store_true", help="also print the whole text with which an agent refuses a job")
    add("--ignore-unknown-fields", action="store_true", help="say nothing about fields that an agent does not know")
    add("--vault", action="store_true", help="accept tasks that use Vault, as an agent with Vault does")
    add("--mock-driver", action="store_true", help="accept Nomad's test driver mock_driver")
    return parser


def _validate(options: argparse.Namespace) -> int:
    from mockserver.jobs.validate import MOCK_DRIVER, STANDARD_DRIVERS
    from mockserver.judge import files, judge, reports  # bad usage and --help need none of it

    form = options.format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    least: Level = options.show or ("warning" if form == "github" else "note")
    drivers = STANDARD_DRIVERS | {MOCK_DRIVER} if options.mock_driver else STANDARD_DRIVERS
    judged: list[Judged] = []
    for file in chain.from_iterable(list(files.named(given)) or [given] for given in options.files):
        name = "<stdin>" if file == "-" else file
        try:
            verdict = judge(
                files.read(file),
                name=file,
                drivers=drivers,
                has_vault=options.vault,
                ignore_unknown_fields=options.ignore_unknown_fields,
            )
            judged.append(reports.Judged(name, verdict))
        except files.Unjudged as trouble:
            judged.append(reports.Judged(name, trouble=str(trouble)))
        if form == "text":
            sys.stdout.write(reports.as_text(judged[-1], least, replies=options.verbose))
        elif form == "github":
            sys.stdout.write(reports.as_annotations(judged[-1], least))
    sys.stdout.write(reports.as_json(judged, least) if form == "json" else reports.summary(judged))
    outcomes = {one.outcome for one in judged}
    return 2 if "unjudged" in outcomes else int(outcomes != {"accepted"})


if __name__ == "__main__":
    sys.exit(main())
