"""PUT and POST /v1/job/<ID>: the values of a submitted job that a server fills in, rewrites and ignores."""

from typing import Any

import pytest

from contract_tests.client.jobs import LEAST, JobFactory, constraint, group, task
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_register import verify_stored
from contract_tests.oracle.readback import differences, readback
from contract_tests.oracle.statement_of import ALL_KEEPS
from contract_tests.statements import states
from contract_tests.suite import verify


@states(
    "job.register.default.restart-policy",
    "job.register.default.ephemeral-disk",
    "job.register.default.resources",
    "job.register.default.kill-timeout",
    "job.register.default.update",
)
@pytest.mark.parametrize("kind", ["service", "batch", "system"])
def test_defaults_are_filled_in(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Values that a job leaves out are filled in by its type."""
    lean = task("t")
    del lean["Resources"]
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=[group("g", Tasks=[lean])])
    verify.ok("job.register.creates", nomad.register(job))
    found, expected = nomad.job(job["ID"]), readback(job)
    shown, wanted = found.json["TaskGroups"][0], expected["TaskGroups"][0]
    verify.equal("job.register.default.restart-policy", found, shown["RestartPolicy"], wanted["RestartPolicy"])
    verify.equal("job.register.default.ephemeral-disk", found, shown["EphemeralDisk"], wanted["EphemeralDisk"])
    (filled,), (expected_task,) = shown["Tasks"], wanted["Tasks"]
    verify.equal("job.register.default.resources", found, filled["Resources"], expected_task["Resources"])
    verify.equal("job.register.default.kill-timeout", found, filled["KillTimeout"], expected_task["KillTimeout"])
    verify.equal("job.register.default.update", found, found.json["Update"], {"MaxParallel": 0, "Stagger": 0})


@states(
    "job.register.default.payload",
    "job.register.default.check-name",
    "job.register.default.service-name",
    "job.register.default.change-signal",
    "job.register.default.implied-constraint",
)
def test_values_are_rewritten(nomad: Nomad, factory: JobFactory) -> None:
    """Names are interpolated, signals are upper-cased, and a task's signal becomes a constraint."""
    names = ["${JOB}", "x-${TASKGROUP}", "${TASK}-y", "${BASE}"]
    check = {"Type": "tcp", "Interval": 10**10, "Timeout": 10**9, "PortLabel": "p"}
    services = [{"Name": name, "PortLabel": "p", "Checks": [dict(check)]} for name in names]
    networks = [{"MBits": 1, "DynamicPorts": [{"Label": "p"}]}]
    template = {"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "signal", "ChangeSignal": "sigusr1"}
    one = task("t", Services=services, Templates=[template], Resources={**LEAST, "Networks": networks})
    job = factory.batch(
        nomad.new_id(), Name="job-name", ParameterizedJob={}, TaskGroups=[group("g", Count=1, Tasks=[one])]
    )
    verify.ok("job.register.creates", nomad.register(job))
    found = nomad.job(job["ID"])
    shown = found.json["TaskGroups"][0]
    verify.equal("job.register.default.payload", found, found.json["ParameterizedJob"]["Payload"], "optional")
    got = [service["Name"] for service in shown["Tasks"][0]["Services"]]
    verify.equal("job.register.default.service-name", found, got, ["job-name", "x-g", "t-y", "job-name-g-t"])
    checks = [service["Checks"][0]["Name"] for service in shown["Tasks"][0]["Services"]]
    verify.equal("job.register.default.check-name", found, checks, [f'service: "{name}" check' for name in got])
    signal = shown["Tasks"][0]["Templates"][0]["ChangeSignal"]
    verify.equal("job.register.default.change-signal", found, signal, "SIGUSR1")
    implied = [constraint("${attr.os.signals}", "SIGUSR1", "set_contains")]
    verify.equal("job.register.default.implied-constraint", found, shown["Constraints"], implied)


@states("job.register.server-fields-ignored")
def test_fields_of_the_server_are_not_taken_from_the_request(nomad: Nomad, factory: JobFactory) -> None:
    """Status and indexes are the server's, whatever a request or an update says; the vault token is not stored."""
    lies: dict[str, Any] = {
        "Status": "dead",
        "CreateIndex": 1,
        "ModifyIndex": 2,
        "JobModifyIndex": 3,
        "VaultToken": "secret",
    }
    job = factory.periodic(nomad.new_id(), **lies)
    created = 0
    for _ in range(2):
        index = nomad.register(job).json["JobModifyIndex"]
        created = created or index
        found = nomad.job(job["ID"])
        shown = {name: found.json[name] for name in lies}
        truth = {"CreateIndex": created, "ModifyIndex": index, "JobModifyIndex": index}
        expected = {"Status": "running", **truth, "VaultToken": ""}
        verify.equal("job.register.server-fields-ignored", found, shown, expected)


@states("job.register.empty-becomes-null")
def test_what_is_empty_reads_back_as_observed(nomad: Nomad, factory: JobFactory) -> None:
    """Empty lists and maps read back as null, except artifacts, services and templates."""
    empty: dict[str, Any] = {"Constraints": [], "Meta": {}}
    ports = {"MBits": 1, "ReservedPorts": [], "DynamicPorts": []}
    lists = {"Artifacts": [], "Services": [], "Templates": [], "Env": {}, **empty}
    tasks = [
        task("t", **lists, Resources={**LEAST, "Networks": []}),
        task("u", Services=[{"Name": "s", "Tags": [], "Checks": []}]),
        task("v", Resources={**LEAST, "Networks": [ports]}),
    ]
    job = factory.service(nomad.new_id(), **empty, TaskGroups=[group("g", Count=0, Tasks=tasks, **empty)])
    verify.ok("job.register.creates", nomad.register(job))
    found = nomad.job(job["ID"])
    gaps = differences(readback(job), found.json)
    verify.alike("job.register.empty-becomes-null", found, gaps)


@states("job.register.empty-constraints-of-a-known-job")
def test_empty_constraints_of_a_job_that_is_there(nomad: Nomad, factory: JobFactory) -> None:
    """A parent, whose status stays as it is, is registered again with empty constraints at each level."""
    one = group("g", Constraints=[], Tasks=[task("t", Constraints=[])])
    job = factory.parameterized(nomad.new_id(), Constraints=[], TaskGroups=[one])
    nomad.register(job)
    nomad.register(job)
    found = nomad.job(job["ID"])
    (shown,) = found.json["TaskGroups"]
    levels = [found.json["Constraints"], shown["Constraints"], shown["Tasks"][0]["Constraints"]]
    verify.equal("job.register.empty-constraints-of-a-known-job", found, levels, [[], [], []])


@states("job.register.default.others")
@pytest.mark.parametrize("kind", ["service", "batch"])
def test_every_group_and_task_gets_its_defaults(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Defaults are filled in wherever they are missing: in the second group and task as in the first."""
    lean = [task(name) for name in ("t", "u", "v")]
    for one in lean:
        del one["Resources"]
    zeros = {"RestartPolicy": {"Attempts": 1, "Delay": 0, "Interval": 0, "Mode": "fail"}}
    wanted = [("g", {}), ("h", {}), *([("i", zeros)] if factory.lenient else [])]
    groups = [group(name, Count=0, Tasks=lean, **more) for name, more in wanted]
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=groups)
    verify.ok("job.register.creates", nomad.register(job))
    found = nomad.job(job["ID"])
    gaps = differences(readback(job), found.json)
    verify.alike("job.register.default.others", found, gaps)


NEEDED = {
    *("ID", "Name", "Region", "Type", "Priority", "Datacenters", "Periodic", "Enabled", "Spec", "SpecType"),
    *("TaskGroups", "Count", "Tasks", "Driver", "Config", "image", "command", "LogConfig", "MaxFiles", "MaxFileSizeMB"),
}
"""Members without which a job is refused, or is one of another kind."""
HALF = NEEDED | {
    *("Update", "Stagger", "RestartPolicy", "Mode", "EphemeralDisk", "SizeMB", "DispatchPayload"),
    *("Resources", "CPU", "MemoryMB", "Networks", "MBits", "ReservedPorts", "DynamicPorts", "Label", "Value"),
    *("Services", "Checks", "PortLabel", "Path", "Command", "Interval", "Timeout"),
    *("Artifacts", "GetterSource", "Templates", "EmbeddedTmpl", "SourcePath", "DestPath", "ChangeMode", "ChangeSignal"),
}
"""Members of which some are left in every object of a job that is full."""
ASKING = NEEDED | {"Resources", "CPU", "MemoryMB"}
LEFT = {
    "needed": NEEDED,
    "half": HALF,
    "services": ASKING | {"Services"},
    "networks": ASKING | {"Networks", "MBits"},
}
"""What an update of a full job says, by what is left of it."""


def only(names: set[str], value: Any) -> Any:
    """Return a value with no other members than these, at any depth."""
    if isinstance(value, dict):
        return {name: only(names, member) for name, member in value.items() if name in names}
    return [only(names, member) for member in value] if isinstance(value, list) else value


@states("job.register.updates", "job.register.empty-is-null", "job.register.default.others", *ALL_KEEPS)
@pytest.mark.parametrize("left", LEFT)
def test_what_an_update_leaves_out_is_gone(nomad: Nomad, factory: JobFactory, left: str) -> None:
    """What an update leaves out has its default, though the version before said something else, in any object."""
    job = factory.rich(nomad.new_id())
    for version in (job, only(LEFT[left], job)):
        verify.ok("job.register.updates", nomad.register(version))
        verify_stored(nomad, version)


NAMES = {
    "${JOB}-${TASKGROUP}-${TASK}": "the-name-g-t",
    "a${TASK}${TASK}b": "attb",
    "x-${unknown}-${TASK}": "x-${unknown}-t",
    "${task}-${Job}": "${task}-${Job}",
    "pre-${BASE}-post": "pre-the-name-g-t-post",
}
"""Names of services, and the names that the server makes of them."""


@states("job.register.default.service-name", "job.register.default.check-name", "job.register.default.change-signal")
def test_every_service_check_and_template_is_rewritten(nomad: Nomad, factory: JobFactory) -> None:
    """All variables of all services are replaced, all checks are named, and signals are put in capitals in any mode."""
    check = {"Type": "script", "Command": "x", "Interval": 10**10, "Timeout": 2 * 10**9}
    services: list[dict[str, Any]] = [{"Name": name, "PortLabel": f"p{number}"} for number, name in enumerate(NAMES)]
    services[1]["Checks"] = [dict(check), {**check, "Name": "own"}]
    services[2]["Checks"] = [{**check, "Name": "own"}, dict(check)]
    templates = [
        {"EmbeddedTmpl": "x", "DestPath": mode + signal, "ChangeMode": mode, "ChangeSignal": signal}
        for mode, signal in (("noop", "sigint"), ("signal", "sigusr2"), ("restart", "Hup"), ("signal", "sighup"))
    ]
    ports = [{"Label": one["PortLabel"]} for one in services]
    resources = {**LEAST, "Networks": [{"MBits": 1, "DynamicPorts": ports}]}
    first = task("t", Services=services, Templates=templates, Resources=resources)
    later = task("u", Templates=[{**templates[1], "ChangeSignal": "sigabrt"}])
    job = factory.service(nomad.new_id(), Name="the-name", TaskGroups=[group("g", Count=0, Tasks=[first, later])])
    verify.ok("job.register.default.service-name", nomad.register(job))
    found = nomad.job(job["ID"])
    shown = found.json["TaskGroups"][0]["Tasks"][0]
    named = [one["Name"] for one in shown["Services"]]
    verify.equal("job.register.default.service-name", found, named, list(NAMES.values()))
    checks = [one["Name"] for service in shown["Services"] for one in service["Checks"] or ()]
    expected = [f'service: "{NAMES[services[1]["Name"]]}" check', "own", "own"]
    expected.append(f'service: "{NAMES[services[2]["Name"]]}" check')
    verify.equal("job.register.default.check-name", found, checks, expected)
    signals = [one["ChangeSignal"] for one in shown["Templates"]]
    verify.equal("job.register.default.change-signal", found, signals, ["SIGINT", "SIGUSR2", "HUP", "SIGHUP"])


@states("job.register.default.implied-constraint")
def test_the_implied_constraint_has_every_signal_once(nomad: Nomad, factory: JobFactory) -> None:
    """The signals of a group's tasks are in one constraint after its own, and are not added twice."""
    statement = "job.register.default.implied-constraint"

    def sending(*signals: str) -> list[dict[str, Any]]:
        fields = {"EmbeddedTmpl": "x", "ChangeMode": "signal"}
        return [{**fields, "DestPath": signal, "ChangeSignal": signal} for signal in signals]

    own = constraint("${attr.x}", "y")
    many = [task("t", Templates=sending("sigusr1", "sighup", "SIGUSR1")), task("u", Templates=sending("sigabrt"))]
    one = [task("t", Templates=sending("sigint")), task("u", Templates=sending("sigint"))]
    groups = [group("g", Count=0, Tasks=many, Constraints=[own]), group("h", Count=0), group("i", Count=0, Tasks=one)]
    job = factory.service(nomad.new_id(), TaskGroups=groups)
    verify.ok(statement, nomad.register(job))
    found = nomad.job(job["ID"])
    several, none, single = (each["Constraints"] for each in found.json["TaskGroups"])
    order = sorted(several[-1]["RTarget"].split(","))  # that of the tasks is random
    verify.equal(statement, found, (several[:-1], order), ([own], ["SIGABRT", "SIGHUP", "SIGUSR1"]))
    verify.equal(statement, found, (none, single), (None, [constraint("${attr.os.signals}", "SIGINT", "set_contains")]))
    verify.ok(statement, nomad.register(found.json))
    again = nomad.job(job["ID"])
    verify.equal(statement, again, again.json["TaskGroups"][2]["Constraints"], single)
