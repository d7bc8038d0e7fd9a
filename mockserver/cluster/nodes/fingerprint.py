"""The fingerprint of a simulated node: its attributes, resources and class."""

import functools
import operator
from collections.abc import Iterable

from mockserver.cluster.random_source import RandomSource
from mockserver.gostd.fnv import fnv, text_fnv
from mockserver.nomad_types import Node
from mockserver.version import NOMAD_VERSION

_CORES = 4
_CORE_MHZ = 2_500
_MEMORY_MB = 16_384
_DISK_MB = 102_400
_MEBIBYTE = 1024 * 1024
_UNIQUE = "unique."
_EXACT = 65_536
"""Characters that are hashed as an agent does, of attributes and of meta; what a real node has is a tenth of it."""
_ROUGHLY = 8
"""Bytes at the end of each text that are hashed so where there are more."""
_DRIVER = "driver."

_SIGNALS = (
    "SIGABRT,SIGALRM,SIGBUS,SIGCHLD,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGPIPE,SIGPROF,SIGQUIT,"
    "SIGSEGV,SIGSTOP,SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGURG,SIGUSR1,SIGUSR2,SIGXCPU,SIGXFSZ"
)

_ATTRIBUTES = {
    "arch": "amd64",
    "cpu.arch": "amd64",
    "cpu.frequency": str(_CORE_MHZ),
    "cpu.modelname": "Intel(R) Xeon(R) CPU E5-2670 v2 @ 2.50GHz",
    "cpu.numcores": str(_CORES),
    "cpu.totalcompute": str(_CORES * _CORE_MHZ),
    "driver.docker": "1",
    "driver.docker.version": "1.13.1",
    "driver.exec": "1",
    "driver.java": "1",
    "driver.java.runtime": "OpenJDK Runtime Environment (build 1.8.0_121-b13)",
    "driver.java.version": "1.8.0_121",
    "driver.java.vm": "OpenJDK 64-Bit Server VM (build 25.121-b13, mixed mode)",
    "driver.qemu": "1",
    "driver.qemu.version": "2.5.0",
    "driver.raw_exec": "1",
    "kernel.name": "linux",
    "kernel.version": "4.4.0-62-generic",
    "memory.totalbytes": str(_MEMORY_MB * _MEBIBYTE),
    "nomad.revision": "",
    "nomad.version": NOMAD_VERSION,
    "os.name": "ubuntu",
    "os.signals": _SIGNALS,
    "os.version": "16.04",
    "unique.cgroup.mountpoint": "/sys/fs/cgroup",
    "unique.network.ip-address": "127.0.0.1",
    "unique.storage.bytesfree": str(_DISK_MB * _MEBIBYTE),
    "unique.storage.bytestotal": str(2 * _DISK_MB * _MEBIBYTE),
    "unique.storage.volume": "/dev/sda1",
}


def simulated_nodes(
    count: int, *, ids: RandomSource, region: str = "global", datacenter: str = "dc1", more_drivers: Iterable[str] = ()
) -> list[Node]:
    """Return ready nodes with the fingerprint of a Linux agent in development mode, all of one computed class.

    They have the drivers raw_exec, exec, docker, java and qemu, and ``more_drivers``. They are named
    ``<region>-<datacenter>-<number>``. Indexes and StatusUpdatedAt (Unix seconds) are 0: they are set when a node is
    registered.
    """
    names = [f"{region}-{datacenter}-{number}" for number in range(1, count + 1)]
    return [with_drivers(_simulated(name, datacenter, ids), more_drivers) for name in names]


def _simulated(name: str, datacenter: str, ids: RandomSource) -> Node:
    return fingerprinted(
        {
            "Attributes": {**_ATTRIBUTES, "unique.hostname": name},
            "ComputedClass": "",
            "CreateIndex": 0,
            "Datacenter": datacenter,
            "Drain": False,
            "HTTPAddr": "127.0.0.1:4646",
            "ID": ids.uuid(),
            "Links": None,
            "Meta": None,
            "ModifyIndex": 0,
            "Name": name,
            "NodeClass": "",
            "Reserved": {"CPU": 0, "DiskMB": 0, "IOPS": 0, "MemoryMB": 0, "Networks": None},
            "Resources": {
                "CPU": _CORES * _CORE_MHZ,
                "DiskMB": _DISK_MB,
                "IOPS": 0,
                "MemoryMB": _MEMORY_MB,
                "Networks": [
                    {
                        "CIDR": "127.0.0.1/32",
                        "Device": "lo",
                        "DynamicPorts": None,
                        "IP": "127.0.0.1",
                        "MBits": 1000,
                        "ReservedPorts": None,
                    }
                ],
            },
            "SecretID": "",
            "Status": "ready",
            "StatusDescription": "",
            "StatusUpdatedAt": 0,
            "TLSEnabled": False,
        }
    )


def fingerprinted(node: Node) -> Node:
    """Return the node with the ComputedClass that its attributes give it."""
    return {**node, "ComputedClass": computed_class(node)}


def with_drivers(node: Node, drivers: Iterable[str], *, only: bool = False) -> Node:
    """Return the node with these task drivers as well, or with ``only`` these."""
    attributes = node["Attributes"] or {}
    wanted = set(drivers)
    if only:
        attributes = {name: value for name, value in attributes.items() if _driver_of(name) in {None, *wanted}}
    return fingerprinted({**node, "Attributes": {**attributes, **{f"{_DRIVER}{driver}": "1" for driver in wanted}}})


def _driver_of(attribute: str) -> str | None:
    return attribute.removeprefix(_DRIVER).split(".")[0] if attribute.startswith(_DRIVER) else None


def computed_class(node: Node) -> str:
    """Return ``v1:<64-bit number>``, made of what nodes of one kind share, as a real agent makes it.

    That is datacenter, node class, and the attributes and meta that are not unique to a node.
    """
    parts = {
        "Attributes": _hash_of_map(node["Attributes"]),
        "Datacenter": _hash_of(node["Datacenter"]),
        "Meta": _hash_of_map(node["Meta"]),
        "NodeClass": _hash_of(node["NodeClass"]),
    }
    pairs = (_hash_of(name).to_bytes(8, "little") + part.to_bytes(8, "little") for name, part in parts.items())
    return f"v1:{functools.reduce(operator.xor, map(fnv, pairs), _hash_of('Node'))}"


def _hash_of_map(values: dict[str, str] | None) -> int:
    """Return the hash of what is not unique; pairs in another order, or two equal texts, make no difference to it."""
    shared = [(name, value) for name, value in (values or {}).items() if not name.startswith(_UNIQUE)]
    exact = _EXACT if sum(len(name) + len(value) for name, value in shared) <= _EXACT else _ROUGHLY
    return functools.reduce(operator.xor, (_hash_of(text, exact) for pair in shared for text in pair), 0)


@functools.lru_cache(1024)
def _hash_of(text: str, exact: int = _EXACT) -> int:
    return text_fnv(text, exact)


def is_ready(node: Node) -> bool:
    """Return whether the node takes new allocations: it is up and not being drained."""
    return bool(node["Status"] == "ready" and not node["Drain"])
