"""Send the mock and a real Nomad 0.5.4 agent the same requests, and compare the replies.

The agent has to run already, at the address that is given; the mock is started. Three modes ask for three agents:

- requests: a server without a node.
- plans: an agent with one node, in another datacenter than dc1. The mock gets that node; only plans ask to run there.
- tasks: the same, and jobs run on it: sleep, true and false.

The ID of every job that is registered begins with beside-, and all of them are removed again. So compare one agent only
once at a time.

Exits with 0 when nothing was different, with 1 when something was, with 2 when the agent can't be used.
"""

import argparse
import signal
import sys
from contextlib import closing, suppress
from itertools import count
from typing import Any

from mockserver.testing import running_mock
from tests.attack.report import say
from tests.attack.steps import Life
from tests.beside import running
from tests.beside.lives import life
from tests.beside.names import DATACENTER
from tests.beside.playing import Pair
from tests.beside.report import Report
from tests.beside.running import PairWithTasks
from tests.beside.servers import Server, Unreachable

_VERSION = "0.5.4"
_MODES = ("requests", "plans", "tasks")


def main(arguments: list[str] | None = None) -> int:
    """Compare, or repeat one life."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.mode == "tasks" and options.allow_other_jobs:
        parser.error("--mode tasks drains the node: jobs of others would be stopped")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that jobs are removed then, too
    try:
        with closing(Server(options.agent)) as agent:
            world = _world(agent, options)
            with running_mock(**world) as started, closing(Server(started.url)) as mock:
                kind = PairWithTasks if options.mode == "tasks" else Pair
                pair = kind(mock, agent, started.reset, not options.allow_other_jobs, world["datacenter"])
                return _compared(pair, options)
    except Unreachable as problem:
        say(f"{problem}")
        return 2
    except KeyboardInterrupt:
        return 130


def _compared(pair: Pair, options: argparse.Namespace) -> int:
    seed, numbers = (options.seed, count()) if options.life is None else options.life
    report = Report(pair, options.reduce, f"python -m tests.beside --agent {options.agent} --mode {options.mode}")
    if pair.alone:
        pair.check_alone()
    pair.clean()  # what a killed comparison left
    try:
        for number in numbers:
            _play(report, _life(options.mode, seed, number))
            if report.sent >= options.inputs:
                break
    finally:
        with suppress(Unreachable):
            pair.clean()  # an interruption may have come while a life was cleaned up
        kinds = report.tell_all()
    return 1 if kinds else 0


def _play(report: Report, life: Life) -> None:
    try:
        report.play(life)
    except Unreachable as problem:
        raise Unreachable(f"{problem} (in life {life.name})") from None


def _life(mode: str, seed: int, number: int) -> Life:
    return running.life(seed, number) if mode == "tasks" else life(seed, number, mode)


def _world(agent: Server, options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of a mock that is like the agent.

    Raises:
        Unreachable: The agent is of no use for this; the text says why.
    """
    config = agent.read("/v1/agent/self")["config"]
    if config.get("Version") != _VERSION:
        raise Unreachable(f"{agent.address} is not Nomad {_VERSION} but {config.get('Version', 'of a later version')}")
    world = {"region": config["Region"], "datacenter": config["Datacenter"]}
    return {**world, "nodes": _nodes(agent, options.mode)}


def _nodes(agent: Server, mode: str) -> list[Any]:
    """Return the agent's nodes, as the mock takes them.

    Raises:
        Unreachable: Those are not the nodes for this mode.
    """
    nodes = [agent.read(f"/v1/node/{each['ID']}") for each in agent.read("/v1/nodes")]
    if mode == "requests" and nodes:
        raise Unreachable(f"{agent.address} has a node, on which jobs would run: use a server without one")
    if mode != "requests" and (len(nodes) != 1 or nodes[0]["Datacenter"] == DATACENTER):
        raise Unreachable(f"{agent.address} needs one node for {mode}, in another datacenter than {DATACENTER}")
    if mode == "tasks" and "driver.raw_exec" not in nodes[0]["Attributes"]:
        raise Unreachable(
            f'{agent.address} needs a node that runs programs: options {{ "driver.raw_exec.enable" = "1" }}'
        )
    return nodes


def _named(life: str) -> tuple[int, list[int]]:
    """Return the seed and the number of a life."""
    seed, _, number = life.partition("/")
    return int(seed), [int(number)]


_named.__name__ = "life such as 1/7"  # argparse says: invalid … value


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m tests.beside", description=__doc__, formatter_class=raw)
    add = parser.add_argument
    add("--agent", metavar="URL", required=True, help="the address of a real agent, such as http://127.0.0.1:4646")
    add("--mode", choices=_MODES, default=_MODES[0], help="what is asked (default: %(default)s)")
    add("--inputs", metavar="N", type=int, default=1000, help="send so many requests (default: %(default)s)")
    add("--seed", metavar="N", type=int, default=1, help="the same seed makes the same requests (default: %(default)s)")
    add("--reduce", metavar="SECONDS", type=float, default=60, help="make a difference small for so long (default: 60)")
    add("--life", metavar="SEED/NUMBER", type=_named, help="repeat one life only")
    add("--allow-other-jobs", action="store_true", help="use an agent that has jobs of others, which are left alone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
