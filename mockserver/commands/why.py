"""``nomad-mock why``: say why jobs are pending."""

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from mockserver.arguments import SPACE, TOKEN

if TYPE_CHECKING:
    from mockserver.client import MockClient

ADDRESS = "NOMAD_ADDR"
"""The variable that tells the address of a mock."""

_USUAL_ADDRESS = "http://127.0.0.1:4646"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``why``, and what the command does with them."""
    add = parser.add_argument
    add("jobs", nargs="*", metavar="JOB", help="ID of a job; without one, all jobs")
    add(
        "--address",
        default=os.environ.get(ADDRESS) or _USUAL_ADDRESS,
        metavar="URL",
        help=f"address of the mock (default: that in {ADDRESS}, or else {_USUAL_ADDRESS})",
    )
    add("--region", metavar="REGION", help="region of the job (default: the mock's own)")
    add("--space", default=os.environ.get(SPACE), metavar="NAME", help=f"space of the job (default: that in {SPACE})")
    add(
        "--admin-token",
        default=os.environ.get(TOKEN),
        metavar="TOKEN",
        help=f"token of the control plane (default: that in {TOKEN})",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each job; return the exit code, 1 when there is no such job or no mock."""
    from mockserver.client import MockClient, MockError

    try:
        mock = MockClient(options.address, space=options.space, token=options.admin_token)
        lines = [f"{each['ID']} is {each['Status']}. {each['why']}" for each in _explained(mock, options)]
        sys.stdout.write("\n".join(lines or ["There are no jobs."]) + "\n")
    except ValueError as error:
        options.parser.error(str(error))
    except MockError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error} --address names another one")
    return 0


def _explained(mock: "MockClient", options: argparse.Namespace) -> list[dict[str, Any]]:
    if options.jobs:
        return [mock.explain(job, region=options.region) for job in options.jobs]
    return mock.explain_all(region=options.region)


def _fail(reason: str) -> int:
    sys.stderr.write(f"nomad-mock: {reason}\n")
    return 1
