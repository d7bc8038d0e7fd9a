"""``nomad-mock snapshot``: make a state for ``--load`` of a running cluster, by reading alone."""

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from mockserver.arguments import path
from mockserver.phrases import counted

if TYPE_CHECKING:
    from mockserver.worlds.observed import Observed


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``snapshot``, and what the command does with them."""
    add = parser.add_argument
    add("--from", dest="server", metavar="URL", help="the real server, http://host:4646")
    add("--out", type=path, metavar="FILE", help="write the state to FILE (default: standard output)")
    add("--region", metavar="REGION", help="the region to read (default: the server's own)")
    add("--ca-cert", type=path, metavar="FILE", help="trust this certificate for HTTPS")
    add("--redact-env", action="store_true", help="leave out all values in the Env of tasks, whatever their names")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read the cluster and write its state; return the exit code."""
    if options.server is None:  # argparse would miss it before it names a misspelt option
        options.parser.error("say which server to read: --from http://host:4646")
    from mockserver.commands.cluster_reader import ClusterReader, Unreadable
    from mockserver.worlds.observed import state_of
    from mockserver.worlds.snapshot import DocumentError

    try:
        with ClusterReader(options.server, options.region, options.ca_cert) as reader:
            observed, steady = reader.observed()
        if options.redact_env:
            _redact(observed)
        text = json.dumps(state_of(observed, time.time_ns())) + "\n"
    except Unreadable as reason:
        return _fail(str(reason))
    except DocumentError as error:
        return _fail(f"{options.server} does not answer as Nomad 0.5 does: {error}")
    try:
        if options.out is None:
            sys.stdout.write(text)
        else:
            options.out.write_text(text, "utf-8")
    except OSError as error:
        return _fail(f"cannot write {options.out}: {error.strerror or error}")
    many = (("job", observed.jobs), ("allocation", observed.allocations), ("node", observed.nodes))
    told = ", ".join(counted(len(found), noun) for noun, found in many)
    sys.stderr.write(f"nomad-mock: {told} of region {observed.region}\n")
    if not steady:
        sys.stderr.write("nomad-mock: the cluster changed while it was read: the state is not that of one moment\n")
    return 0


def _redact(observed: "Observed") -> None:
    """Replace the values of all variables of tasks, in jobs and in the jobs of allocations."""
    jobs: list[dict[str, Any]] = [*observed.jobs, *(allocation["Job"] for allocation in observed.allocations)]
    for task in (task for job in jobs for group in job["TaskGroups"] or () for task in group["Tasks"] or ()):
        task["Env"] = task["Env"] and dict.fromkeys(task["Env"], "redacted")


def _fail(reason: str) -> int:
    sys.stderr.write(f"nomad-mock: {reason}\n")
    return 1
