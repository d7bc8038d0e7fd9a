"""Everything that can be set about a mock, as the command line and ``create_app`` take it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.cluster.clock import SteeredClock
from mockserver.vary import Vary


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One mock server.

    The cluster: ``nodes`` is the number of simulated client nodes in each region, the path of a JSON file of nodes,
    or what such a file holds. ``federate`` names further regions that this agent can reach. ``load`` are files or
    folders of jobs, nodes or an exported state to begin with; a job with a field that Nomad 0.5 does not know is
    refused unless ``ignore_unknown_fields`` is set. The same ``seed`` gives the same IDs and choices.
    ``mock_driver`` accepts Nomad's own test driver of that name. ``shuffle_placements`` draws the order in which a
    job's allocations are placed, as a real agent does; without it groups come as the job lists them.

    The clock: time passes at ``speed``. 1 is real, 60 makes a minute of every second, 0 stands still until the clock
    is moved. ``clock`` is a clock to use instead, for one world.

    Checks: ``strict`` checks every reply against its description. ``strict_clients`` refuses a request when a real
    agent would drop a part of it without a word. ``vary`` says which freedoms of the documentation are made use of.

    The server: it serves ``connection_limit`` connections at a time and answers 503 to more. Pages from the origins in
    ``cors`` can use it through a browser; ``*`` means every origin, but not for the control plane. ``admin`` serves the
    control plane. With ``admin_token`` a client has to send that as a bearer token; without, the control plane is
    served only under addresses, ``localhost``, ``host`` and the names in ``admin_hosts``.

    What is kept: the journal has the last ``journal_limit`` exchanges of each world (0 for none), as many as have room
    in ``journal_bytes``. ``data_dir`` is the directory that keeps the state of the default space, from which the
    next start resumes; without one the state is gone with the process.
    """

    host: str = "127.0.0.1"
    port: int = 4646
    region: str = "global"
    datacenter: str = "dc1"
    federate: tuple[str, ...] = ()
    nodes: int | Path | tuple[dict[str, Any], ...] = 1
    seed: int | None = None
    load: tuple[Path, ...] = ()
    ignore_unknown_fields: bool = False
    log_level: str = "warning"
    tls_cert: Path | None = None
    tls_key: Path | None = None
    strict: bool = False
    mock_driver: bool = False
    shuffle_placements: bool = False
    admin: bool = True
    admin_token: str | None = None
    admin_hosts: tuple[str, ...] = ()
    strict_clients: bool = False
    vary: Vary | None = None
    journal_limit: int = 1000
    journal_bytes: int = 16 * 1024 * 1024
    connection_limit: int = 10_000
    cors: tuple[str, ...] = ()
    speed: float = 1
    clock: SteeredClock | None = None
    data_dir: Path | None = None
