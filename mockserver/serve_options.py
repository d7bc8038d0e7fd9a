"""The options of ``nomad-mock serve``, and the settings that they make."""

import argparse
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.arguments import (
    TOKEN,
    filled,
    from_one,
    from_zero,
    integer,
    name,
    names,
    numbers,
    one_of,
    origin,
    path,
    port,
    speed,
)

if TYPE_CHECKING:
    from mockserver.settings import Settings
    from mockserver.vary import Vary

_LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
_ANY_SEED = object()
"""Stands for ``--vary`` without a seed."""
_SEEDS = 1_000_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a mock to a parser."""
    _add_cluster_options(parser.add_argument_group("the cluster"))
    _add_clock_options(parser.add_argument_group("its clock"))
    _add_check_options(parser.add_argument_group("checks"))
    _add_variation_options(parser.add_argument_group("variation"))
    _add_address_options(parser.add_argument_group("the server"))
    _add_control_plane_options(parser.add_argument_group("the control plane, /__admin"))
    _add_memory_options(parser.add_argument_group("what is kept"))


def _add_cluster_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--nodes",
        type=_nodes,
        default=1,
        metavar="N|FILE",
        help="how many nodes to simulate, or a JSON file of nodes (default: 1)",
    )
    add("--region", type=name, default="global", help="name of the region (default: %(default)s)")
    add("--federate", type=names, default=(), metavar="REGION,...", help="other regions that the agent can reach")
    add(
        "--seed",
        type=integer,
        metavar="N",
        help="give the same IDs and make the same choices in every run with this seed",
    )
    add(
        "--load",
        type=path,
        action="append",
        default=[],
        metavar="FILE|DIR",
        help="begin with these jobs, nodes or exported state: JSON, or jobs as HCL; may be repeated",
    )
    add(
        "--ignore-unknown-fields",
        action="store_true",
        help="load jobs with fields that Nomad 0.5 does not know, as an agent would; without it they are refused",
    )
    add("--mock-driver", action="store_true", help="accept Nomad's test driver mock_driver, and have it on every node")
    add(
        "--shuffle-placements",
        action="store_true",
        help="draw the order in which a job's allocations are placed, as an agent does: it shows when not all fit",
    )


def _add_clock_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--clock",
        type=one_of("real", "manual"),
        default="real",
        metavar="real|manual",
        help="manual: time stands still until the control plane moves it",
    )
    group.add_argument("--speed", type=speed, metavar="N", help="let time pass N times as fast")


def _add_check_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--strict", action="store_true", help="check each reply against its schema; answer 500 when it does not fit")
    add(
        "--strict-clients",
        action="store_true",
        help="refuse a request when an agent would drop a part of it without a word",
    )


def _add_variation_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--vary",
        type=integer,
        nargs="?",
        const=_ANY_SEED,
        metavar="SEED",
        help="make use of what the documentation leaves open to a server; the same seed does the same",
    )
    add("--vary-only", type=names, action="extend", metavar="GLOB,...", help="vary by these freedoms, not by all")
    add(
        "--vary-replies",
        type=numbers,
        action="extend",
        metavar="N,...",
        help="vary the replies of these numbers, as the journal numbers them, not all",
    )
    add(
        "--weather",
        type=names,
        nargs="?",
        const=("*",),
        metavar="GLOB,...",
        help="also let happen what happens to every client in production: elections, lost connections and the like",
    )


def _add_address_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--host", type=filled, default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=port, default=4646, help="port to listen on, 0 for any free one (default: %(default)s)")
    add("--tls-cert", type=path, metavar="FILE", help="serve HTTPS with this certificate")
    add("--tls-key", type=path, metavar="FILE", help="the key of that certificate")
    add(
        "--connection-limit",
        type=from_one,
        default=10_000,
        metavar="N",
        help="serve N connections at a time (default: %(default)s); answer 503 to more",
    )
    add(
        "--cors",
        type=origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages from this origin, such as http://localhost:3000, use the mock; * lets all pages use the API, "
        "but not the control plane; may be repeated",
    )
    add(
        "--log-level",
        type=one_of(*_LOG_LEVELS),
        default="warning",
        metavar="LEVEL",
        help=f"{', '.join(_LOG_LEVELS)} (default: %(default)s)",
    )


def _add_control_plane_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--admin-token",
        type=filled,
        metavar="TOKEN",
        help=f"ask for this bearer token (default: that in {TOKEN}, if any)",
    )
    add(
        "--admin-host",
        type=filled,
        action="append",
        default=[],
        metavar="NAME",
        help="serve it under this host name, too",
    )
    add("--no-admin", action="store_true", help="serve no control plane")


def _add_memory_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--data-dir", type=path, metavar="DIR", help="keep the state in DIR and resume from it")
    add(
        "--journal-limit",
        type=from_zero,
        default=1000,
        metavar="N",
        help="keep N exchanges in the journal (default: 1000)",
    )
    add(
        "--journal-bytes",
        type=from_zero,
        default=16 * 1024 * 1024,
        metavar="N",
        help="use N bytes of memory for the journal of each world (default: 16 MiB)",
    )


def _nodes(text: str) -> int | Path:
    if text.isascii() and text.isdigit():
        return from_zero(text)
    file = path(text)
    is_word = file.name == text and not file.suffix  # such as two, or -1
    if is_word and not file.exists():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of nodes nor a file of them")
    return file


def settings_of(options: argparse.Namespace) -> "Settings":
    """Return the settings that options make."""
    from mockserver.settings import Settings

    parser: argparse.ArgumentParser = options.parser
    if (options.tls_cert is None) != (options.tls_key is None):
        parser.error("--tls-cert and --tls-key go together")
    if len({options.region, *options.federate}) != 1 + len(options.federate):
        parser.error("--region and --federate name a region twice")
    if options.clock == "manual" and options.speed is not None:
        parser.error("a manual clock has no --speed")
    return Settings(
        host=options.host,
        port=options.port,
        region=options.region,
        federate=options.federate,
        nodes=options.nodes,
        seed=options.seed,
        load=tuple(options.load),
        ignore_unknown_fields=options.ignore_unknown_fields,
        log_level=options.log_level,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
        strict=options.strict,
        mock_driver=options.mock_driver,
        shuffle_placements=options.shuffle_placements,
        admin=not options.no_admin,
        admin_token=options.admin_token or os.environ.get(TOKEN) or None,
        admin_hosts=tuple(options.admin_host),
        strict_clients=options.strict_clients,
        vary=_vary(options),
        journal_limit=options.journal_limit,
        journal_bytes=options.journal_bytes,
        connection_limit=options.connection_limit,
        cors=tuple(options.cors),
        speed=0 if options.clock == "manual" else options.speed or 1,
        data_dir=options.data_dir,
    )


def _vary(options: argparse.Namespace) -> "Vary | None":
    """Return what the options say about variation; ones that say nothing that can be done end the process."""
    from mockserver.vary import Vary

    parser: argparse.ArgumentParser = options.parser
    if options.vary is None:
        for name in ("vary_only", "vary_replies", "weather"):
            if getattr(options, name) is not None:
                parser.error(f"--{name.replace('_', '-')} goes with --vary")
        return None
    document = {
        "seed": secrets.randbelow(_SEEDS) if options.vary is _ANY_SEED else options.vary,
        "freedoms": options.vary_only,
        "weather": False if options.weather is None else [*options.weather],
        "replies": options.vary_replies,
    }
    try:
        return Vary.read(document)
    except ValueError as error:
        parser.error(str(error))
