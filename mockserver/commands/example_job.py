"""``nomad-mock example-job``: print a job that runs."""

import argparse
import json
import sys

from mockserver.arguments import name, one_of
from mockserver.example_jobs import KINDS, example_job
from nomad_contract_spelling import shown


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``example-job``, and what the command does with them."""
    kinds = ", ".join(KINDS)
    parser.epilog = "nomad-mock example-job | curl -X PUT -d @- http://127.0.0.1:4646/v1/job/example registers the job."
    add = parser.add_argument
    add("kind", nargs="?", type=one_of(*KINDS), default="service", metavar="KIND", help=f"{kinds} (default: service)")
    add("--id", type=_job_id, default="example", help="ID and name of the job (default: %(default)s)")
    parser.set_defaults(run=run)


def _job_id(text: str) -> str:
    """Return the text when an agent takes it for a job's ID.

    Raises:
        ArgumentTypeError: It has a space in it, or is empty.
    """
    if " " in name(text):
        raise argparse.ArgumentTypeError(
            f"{shown(text)!r} has a space in it, and an agent refuses such a job; leave it out"
        )
    return text


def run(options: argparse.Namespace) -> int:
    """Print the job as the body of a registration; return the exit code."""
    json.dump({"Job": example_job(options.id, kind=options.kind)}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0
