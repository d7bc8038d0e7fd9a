"""The drivers an agent knows, the fields of their configurations, and the rules of those fields."""

from dataclasses import dataclass
from typing import Any

from mockserver.gostd.fmt import quote, quote_value
from mockserver.jobs.validate.problems import Problem, Problems

STANDARD_DRIVERS = frozenset({"docker", "exec", "java", "qemu", "raw_exec", "rkt"})
"""What a standard build of 0.5.4 has."""

MOCK_DRIVER = "mock_driver"
"""The driver of Nomad's own test builds. It takes any configuration; what it understands is in ``MOCK_FIELDS``."""

MOCK_FIELDS = {
    "start_error": "string",
    "start_error_recoverable": "boolean",
    "kill_after": "duration",
    "run_for": "duration",
    "exit_code": "integer",
    "exit_signal": "integer",
    "exit_err_msg": "string",
    "signal_error": "string",
}
"""The configuration of ``mock_driver``; durations are ns or texts such as ``10s``."""


@dataclass(frozen=True)
class Driver:
    """A driver: the type of each configuration field (None: any configuration will do) and the required field."""

    fields: dict[str, str] | None
    required: str | None = None
    sends_signals: bool = True


def _fields(*, string: str = "", array: str = "", boolean: str = "", integer: str = "") -> dict[str, str]:
    groups = {"string": string, "array": array, "boolean": boolean, "integer": integer}
    return {field: kind for kind, fields in groups.items() for field in fields.split()}


_COMMAND = _fields(string="command", array="args")

DRIVERS = {
    "docker": Driver(
        _fields(
            string="image command ipc_mode network_mode pid_mode uts_mode userns_mode hostname work_dir",
            array="load args network_aliases port_map dns_servers dns_search_domains labels auth logging volumes",
            boolean="privileged ssl tty interactive force_pull",
            integer="shm_size",
        ),
        required="image",
    ),
    "exec": Driver(_COMMAND, required="command"),
    "raw_exec": Driver(_COMMAND, required="command"),
    "java": Driver(_fields(string="class class_path jar_path", array="jvm_options args")),
    "qemu": Driver(
        _fields(string="image_path accelerator", array="port_map args"), required="image_path", sends_signals=False
    ),
    "rkt": Driver(
        _fields(
            string="image command trust_prefix",
            array="args dns_servers dns_search_domains net port_map volumes",
            boolean="debug",
        ),
        required="image",
        sends_signals=False,
    ),
    MOCK_DRIVER: Driver(None, sends_signals=False),
}
"""Drivers by name; one that is not here takes any configuration. Required fields are all of type string."""

_ANY = Driver(None)

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "array": (list,),
    "boolean": (bool,),
    "integer": (int, float),
}


def driver_named(name: str) -> Driver:
    """Return a driver that the agent knows."""
    return DRIVERS.get(name, _ANY)


def config_problems(driver: Driver, config: dict[str, Any]) -> Problems:
    """List the problems of a driver's configuration, fields in alphabetical order (a real agent's is random)."""
    if driver.fields is None:
        return
    if driver.required is not None and driver.required not in config:
        yield Problem(f"field {quote(driver.required)} is required")
    for field in sorted(config):
        if field in driver.fields:
            yield from _field_problems(driver, field, config[field])
        else:
            yield Problem(f"{quote(field)} is an invalid field", field, word=field, known=driver.fields)


def _field_problems(driver: Driver, field: str, value: Any) -> Problems:
    assert driver.fields is not None
    kind = driver.fields[field]
    if not _fits(value, kind):
        yield Problem(f"field {quote(field)} with input {quote_value(value)} doesn't seem to be of type {kind}", field)
    elif field == driver.required and not value:
        yield Problem(f"field {quote(field)} is required, but no value was found", field)


def _fits(value: Any, kind: str) -> bool:
    """Any number is an integer; null is of every type; what an array holds is not looked at."""
    if value is None:
        return True
    return isinstance(value, _PYTHON_TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")
