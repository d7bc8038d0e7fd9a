"""Everything that can be set about a mock, as the command line and ``create_app`` take it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.cluster.clock import SteeredClock


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One mock server.

    ``nodes`` is a number of simulated client nodes in each region, the path of a JSON file that describes
    them, or what such a file holds. ``federate`` names further regions that this agent can reach. ``load``
    are files or folders of job JSON registered at the start, in the local region. The same ``seed`` gives
    the same IDs and choices. ``strict`` checks every reply against its description. ``mock_driver`` admits
    Nomad's own test driver of that name. Time passes at ``speed``: 1 is real, 60 makes a minute of every
    second, 0 stands still until it is moved; ``clock`` is a clock to use instead, for one world.

    ``admin`` serves the control plane; with ``admin_token`` only to who sends it as a bearer token, else only
    under addresses, ``localhost``, ``host`` and the names in ``admin_hosts``. The journal keeps the last
    ``journal_limit`` exchanges of each world (0 for none), as many of them as have room in ``journal_bytes``.
    ``strict_clients`` refuses requests of which a real agent would silently drop something.

    ``connection_limit`` is how many connections are served at a time; who comes then is answered 503.

    ``data_dir`` is the directory that keeps the state of the default space, so that the next start with it goes
    on there; without one the state is gone with the process.
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
    admin: bool = True
    admin_token: str | None = None
    admin_hosts: tuple[str, ...] = ()
    strict_clients: bool = False
    journal_limit: int = 1000
    journal_bytes: int = 16 * 1024 * 1024
    connection_limit: int = 10_000
    speed: float = 1
    clock: SteeredClock | None = None
    data_dir: Path | None = None
