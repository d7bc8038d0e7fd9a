"""Parts of a task that are invalid in one way: services, checks, templates, artifacts, drivers, Vault."""

from typing import Any

from contract_tests.client.jobs import task
from contract_tests.durations import SECOND
from contract_tests.strategies.problems import Change, Rows, in_task, of_group, of_task, problems


def _service(**members: Any) -> Change:
    service = {"Name": "web", "PortLabel": "", **members}
    return of_task(Services=[service])


def _check(**members: Any) -> Change:
    return _checks({"Name": "c", **members})


def _checks(*several: dict[str, Any]) -> Change:
    checks = [{"Type": "tcp", "Interval": 10 * SECOND, "Timeout": 2 * SECOND, **members} for members in several]
    networks = [{"MBits": 1, "DynamicPorts": [{"Label": "p"}]}]
    resources = {"CPU": 20, "MemoryMB": 10, "Networks": networks}
    return of_task(Services=[{"Name": "web", "PortLabel": "p", "Checks": checks}], Resources=resources)


def _template(**members: Any) -> Change:
    template = {"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "noop", "Splay": SECOND, **members}
    return of_task(Templates=[template])


def _bad_name(name: str, place: int = 0) -> str:
    rule = "service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes"
    return in_task(
        problems(f'service[{place}] "{name}" validation failed: {problems(f"{rule}: {chr(34)}{name}{chr(34)}")}')
    )


SERVICES: Rows = [
    ("no name", _service(Name=""), _bad_name("")),
    ("leading dash", _service(Name="-ab"), _bad_name("-ab")),
    ("trailing dot", _service(Name="ab."), _bad_name("ab.")),
    ("space inside", _service(Name="a b"), _bad_name("a b")),
    ("space inside of a third", of_task(Services=[{"Name": name} for name in ("a", "b", "a b")]), _bad_name("a b", 2)),
    (
        "unknown port",
        _service(PortLabel="http"),
        in_task(problems('port label "http" referenced by services web does not exist')),
    ),
    (
        "duplicate",
        of_task(Services=[{"Name": "web"}, {"Name": "web"}]),
        in_task(problems('service "web" is duplicate')),
    ),
    (
        "two at an unknown port",
        of_task(Services=[{"Name": "web", "PortLabel": "http"}, {"Name": "api", "PortLabel": "http"}]),
        in_task(problems('port label "http" referenced by services web, api does not exist')),
    ),
    ("quote", _service(Name='a"b'), _bad_name(r"a\"b")),
]


def _in_check(reason: str) -> str:
    return in_task(problems(f'service[0] "web" validation failed: {problems(f"check c invalid: {reason}")}'))


TCP = {"Name": "c", "Type": "tcp", "Interval": 10 * SECOND, "Timeout": 2 * SECOND}
WITH_PORT = {"CPU": 20, "MemoryMB": 10, "Networks": [{"MBits": 1, "DynamicPorts": [{"Label": "p"}]}]}
PORTLESS = 'check requires a port but the service "web" has no port'
DURATIONS = {
    -1: "-1ns",
    1_500: "1.5µs",
    20_000: "20µs",
    1_000_000: "1ms",
    999_999_999: "999.999999ms",
    -61 * SECOND: "-1m1s",
    -3600 * SECOND: "-1h0m0s",
    -5400 * SECOND - SECOND // 2: "-1h30m0.5s",
    -(2**63): "-2562047h47m16.854775808s",
}
"""Durations in nanoseconds, and how error texts write them."""

CHECKS: Rows = [
    *[
        (
            f"{kind} without port",
            of_task(
                Services=[
                    {
                        "Name": "web",
                        "Checks": [
                            {"Name": "c", "Type": kind, "Path": "/", "Interval": 10 * SECOND, "Timeout": 2 * SECOND}
                        ],
                    }
                ]
            ),
            _in_check(PORTLESS),
        )
        for kind in ("tcp", "http")
    ],
    (
        "duplicate",
        _checks({"Name": "c"}, {"Name": "d"}, {"Name": "c", "Type": "script", "Command": "x"}),
        in_task(problems('check "c" is duplicate')),
    ),
    ("type", _check(Type="foo"), _in_check('invalid type ("foo"), must be one of "http", "tcp", or "script" type')),
    (
        "no timeout",
        _check(Timeout=0),
        _in_check("missing required value timeout. Timeout cannot be less than 1s"),
    ),
    (
        "short timeout",
        _check(Timeout=5),
        _in_check("timeout (5ns) is lower than required minimum timeout 1s"),
    ),
    (
        "no interval",
        _check(Interval=0),
        _in_check("missing required value interval. Interval cannot be less than 1s"),
    ),
    ("short interval", _check(Interval=5), _in_check("interval (5ns) cannot be lower than 1s")),
    *[
        (f"interval of {text}", _check(Interval=interval), _in_check(f"interval ({text}) cannot be lower than 1s"))
        for interval, text in DURATIONS.items()
    ],
    ("http without path", _check(Type="http"), _in_check("http type must have a valid http path")),
    ("script without command", _check(Type="script"), _in_check("script type must have a valid script path")),
    (
        "initial status",
        _check(InitialStatus="zz"),
        _in_check(
            'invalid initial check state (zz), must be one of "passing", "warning", "critical", %!q(MISSING) or empty'
        ),
    ),
    (
        "initial status in capitals",
        _check(InitialStatus="Passing"),
        _in_check(
            'invalid initial check state (Passing), must be one of "passing", "warning", "critical", '
            "%!q(MISSING) or empty"
        ),
    ),
    (
        "port of its own",
        of_task(Services=[{"Name": "web", "Checks": [{**TCP, "PortLabel": "p"}]}], Resources=WITH_PORT),
        _in_check(PORTLESS),
    ),
    (
        "third one",
        _checks({"Name": "a"}, {"Name": "b"}, {"Name": "c", "Interval": 5}),
        _in_check("interval (5ns) cannot be lower than 1s"),
    ),
]


def _in_template(reason: str) -> str:
    return in_task(f"Template 1 validation failed: {problems(reason)}")


TEMPLATES: Rows = [
    (
        "no source",
        _template(EmbeddedTmpl=""),
        _in_template("Must specify a source path or have an embedded template"),
    ),
    ("no destination", _template(DestPath=""), _in_template("Must specify a destination for the template")),
    ("escapes", _template(DestPath="../../x"), _in_template("destination escapes allocation directory")),
    ("beside the directory", _template(DestPath="../..x"), _in_template("destination escapes allocation directory")),
    (
        "change mode",
        _template(ChangeMode="zz"),
        _in_template("Invalid change mode. Must be one of the following: noop, signal, restart"),
    ),
    (
        "no signal",
        _template(ChangeMode="signal"),
        _in_template("Must specify signal value when change mode is signal"),
    ),
    ("negative splay", _template(Splay=-1), _in_template("Must specify positive splay value")),
    (
        "same destination",
        of_task(
            Templates=[
                {"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "noop"},
                {"EmbeddedTmpl": "y", "DestPath": "local/x", "ChangeMode": "noop"},
            ]
        ),
        in_task("Template 2 has same destination as 1"),
    ),
    (
        "third one",
        of_task(Templates=[{"EmbeddedTmpl": "x", "DestPath": path, "ChangeMode": "noop"} for path in ("x", "y", "")]),
        in_task(f"Template 3 validation failed: {problems('Must specify a destination for the template')}"),
    ),
]


def _artifact(**members: Any) -> Change:
    return of_task(Artifacts=[{"GetterSource": "https://example.com/a", **members}])


def _in_artifact(reason: str) -> str:
    return in_task(f"Artifact 1 validation failed: {problems(reason)}")


def _checksum(value: str) -> Change:
    return _artifact(GetterOptions={"checksum": value})


NOT_HEX = "invalid checksum: encoding/hex"
ARTIFACTS: Rows = [
    ("no source", _artifact(GetterSource=""), _in_artifact("source must be specified")),
    ("escapes", _artifact(RelativeDest="../../../x"), _in_artifact("destination escapes allocation directory")),
    ("empty checksum", _checksum(""), _in_artifact("checksum value cannot be empty")),
    ("checksum form", _checksum("a"), _in_artifact('checksum must be given as "type:value"; got "a"')),
    ("checksum type", _checksum("foo:aa"), _in_artifact("unsupported checksum type: foo")),
    ("checksum length", _checksum("md5:aa"), _in_artifact("invalid md5 checksum: aa")),
    *[
        (f"{kind} of {digits} digits", _checksum(f"{kind}:{'a' * digits}"), _in_artifact(f"invalid {kind} checksum: …"))
        for kind, digits in (("md5", 30), ("md5", 40), ("sha1", 32), ("sha256", 62), ("sha512", 64), ("sha512", 130))
    ],
    (
        "checksum digits",
        _checksum("md5:aag0"),
        _in_artifact(f"{NOT_HEX}: invalid byte: U+0067 'g'"),
    ),
    (
        "third one",
        of_task(Artifacts=[{"GetterSource": "a"}, {"GetterSource": "b"}, {"GetterSource": ""}]),
        in_task(f"Artifact 3 validation failed: {problems('source must be specified')}"),
    ),
    ("odd checksum", _checksum("md5:aaa"), _in_artifact(f"{NOT_HEX}: odd length hex string")),
]


def _in_driver(reason: str) -> str:
    return problems(f'group "g" -> task "t" -> config: {problems(reason)}')


DRIVERS: Rows = [
    (
        "unknown",
        of_task(Driver="foo"),
        problems('failed to create driver for task "g" in group "t" for validation: unknown driver \'foo\''),
    ),
    (
        "unknown of a third task",
        of_group(Tasks=[task("t"), task("s"), task("u", Driver="foo")]),
        problems('failed to create driver for task "g" in group "u" for validation: unknown driver \'foo\''),
    ),
    ("no command", of_task(Config={"args": ["x"]}), _in_driver('field "command" is required')),
    *[
        (f"{driver} without {field}", of_task(Driver=driver, Config={}), _in_driver(f'field "{field}" is required'))
        for driver, field in {"exec": "command", "docker": "image", "rkt": "image", "qemu": "image_path"}.items()
    ],
    *[
        (
            f"{kind} of docker",
            of_task(Driver="docker", Config={"image": "x", field: "many"}),
            _in_driver(f'field "{field}" with input "many" doesn\'t seem to be of type {kind}'),
        )
        for field, kind in {"privileged": "boolean", "shm_size": "integer", "dns_servers": "array"}.items()
    ],
    (
        "signals of rkt",
        of_task(
            Driver="rkt",
            Config={"image": "x"},
            Templates=[{"EmbeddedTmpl": "x", "DestPath": "x", "ChangeMode": "signal", "ChangeSignal": "sighup"}],
        ),
        problems('group "g" -> task "t": driver "rkt" doesn\'t support sending signals. Requested signals are SIGHUP'),
    ),
    ("unknown field", of_task(Config={"command": "x", "foo": 1}), _in_driver('"foo" is an invalid field')),
    (
        "wrong type",
        of_task(Config={"command": ["a"]}),
        _in_driver('field "command" with input ["a"] doesn\'t seem to be of type string'),
    ),
    (
        "empty command",
        of_task(Config={"command": ""}),
        _in_driver('field "command" is required, but no value was found'),
    ),
]


def _in_vault(reason: str) -> str:
    return in_task(f"Vault validation failed: {reason}")


VAULT: Rows = [
    ("no policies", of_task(Vault={"ChangeMode": "restart"}), _in_vault("Policy list cannot be empty")),
    (
        "change mode",
        of_task(Vault={"Policies": ["p"], "ChangeMode": "zz"}),
        _in_vault('Unknown change mode "zz"'),
    ),
    (
        "no signal",
        of_task(Vault={"Policies": ["p"], "ChangeMode": "signal"}),
        _in_vault('Signal must be specified when using change mode "signal"'),
    ),
]
