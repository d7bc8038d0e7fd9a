"""Valid parts of jobs for tests of validation; name only what matters."""

from typing import Any

from mockserver.gostd.durations import SECOND
from mockserver.jobs.validate.problems import Problems


def a_constraint(operand: str, right: str = "") -> Any:
    """Return a constraint on the node's kernel."""
    return {"LTarget": "${attr.kernel.name}", "Operand": operand, "RTarget": right}


def a_check(**known: Any) -> Any:
    """Return a TCP check."""
    return {
        "Args": None,
        "Command": "",
        "InitialStatus": "",
        "Interval": 10 * SECOND,
        "Name": "c",
        "Path": "",
        "PortLabel": "",
        "Protocol": "",
        "Timeout": 2 * SECOND,
        "Type": "tcp",
    } | known


def a_service(*checks: Any, **known: Any) -> Any:
    """Return a service on the port ``http``."""
    return {"Checks": list(checks) or None, "Name": "web", "PortLabel": "http", "Tags": None} | known


def a_network(*labels: str, **known: Any) -> Any:
    """Return a network with dynamic ports of these labels."""
    ports = [{"Label": label, "Value": 0} for label in labels] or None
    return {"CIDR": "", "Device": "", "DynamicPorts": ports, "IP": "", "MBits": 1, "ReservedPorts": None} | known


def resources(*networks: Any, **known: Any) -> Any:
    """Return what a small task asks for."""
    return {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 32, "Networks": list(networks) or None} | known


def a_template(**known: Any) -> Any:
    """Return a template that restarts the task."""
    return {
        "ChangeMode": "restart",
        "ChangeSignal": "",
        "DestPath": "local/a",
        "EmbeddedTmpl": "x",
        "SourcePath": "",
        "Splay": 0,
    } | known


def an_artifact(**known: Any) -> Any:
    """Return an artifact without options."""
    return {"GetterOptions": None, "GetterSource": "https://example.com/a", "RelativeDest": ""} | known


def a_vault(**known: Any) -> Any:
    """Return a Vault block with one policy."""
    return {"ChangeMode": "restart", "ChangeSignal": "", "Env": True, "Policies": ["p"]} | known


def texts(problems: Problems) -> list[str]:
    """Return the problems, each with the nested lists inside it on one line, ``>`` before each item."""
    return [
        problem.replace(" error(s) occurred:\n\n", ":").replace("\n* ", " > ").replace("* ", " > ")
        for problem in problems
    ]
