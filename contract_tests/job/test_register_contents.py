"""PUT and POST /v1/job/<ID>: a job is kept to the last character, and an update may change all of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory, group, task
from contract_tests.client.nomad import Job, Nomad
from contract_tests.durations import SECOND
from contract_tests.findings import NotOffered
from contract_tests.job.test_register import verify_stored
from contract_tests.oracle.readback import differences, readback
from contract_tests.oracle.statement_of import ALL_KEEPS
from contract_tests.statements import statement_mark, states
from contract_tests.strategies import limits
from contract_tests.suite import verify

LINES = "one\ntwo\r\n\tthree  "
UNICODE = "e\u0301 \u212b \u00e9 \U0001f980 \u2028"
"""The same letters composed and decomposed, one outside the basic plane, a separator that JavaScript minds."""
MARKUP = '<a href="x">&amp;</a> \' \\ / %41 ${NOMAD_X} {{ key }}'
CONTROL = "".join(map(chr, [0, 1, 7, 8, 11, 12, 27, 31, 127, 133, 0x200B, 0xFEFF, 0xFFFD, 0xFFFF]))
LONG = "All of this. " * 800
TEXTS = {
    "lines": LINES,
    "unicode": UNICODE,
    "markup": MARKUP,
    "long": LONG,
    "space": " ",
    "last-line": "one\n\n",
    "number": "0012.50",
    "control": CONTROL,
}
ODD = 7
"""Nanoseconds beyond whole seconds, which a server that rounds loses."""


def with_text(job: Job, text: str) -> Job:
    """Put a text wherever a job may have any text."""
    one, many = job["TaskGroups"][0], [text, "x", text]
    task, template = one["Tasks"][0], one["Tasks"][0]["Templates"]
    job |= {"Name": text, "Meta": {"text": text, "k" + text[:50]: "v"}, "StatusDescription": text}
    one["Meta"] = {"text": text}
    task["Env"] = {"TEXT": text, text[:50]: "x"}
    task["Meta"] = {"text": text}
    task["Config"] |= {"args": many, "labels": [{"text": text}]}
    task["Services"][0]["Tags"] = many
    task["Services"][0]["Checks"][2]["Args"] = many
    task["Artifacts"][0]["GetterOptions"]["text"] = text
    template[1]["EmbeddedTmpl"] = text
    return job


def with_repetitions(job: Job) -> Job:
    """Put everything that is in a list into it twice, where that is allowed."""
    task = job["TaskGroups"][0]["Tasks"][0]
    job |= {"Datacenters": job["Datacenters"] * 2, "Constraints": job["Constraints"] * 2}
    task["Config"] |= {"args": ["-v", "-v", "-v"], "port_map": task["Config"]["port_map"] * 2}
    task["Services"][0]["Tags"] = ["two", "one", "two"]
    task["Services"][0]["Checks"][2]["Args"] = ["-v", "-v"]
    task["Artifacts"] *= 2
    return job


def with_odd_durations(job: Job) -> Job:
    """Give every duration nanoseconds that neither a rounding server nor one that counts in doubles keeps."""
    one = job["TaskGroups"][0]
    task = one["Tasks"][0]
    large = 2**53 + 1
    job.get("Update", {})["Stagger"] = large
    one["RestartPolicy"] |= {"Delay": 7 * SECOND + ODD, "Interval": large}
    task["KillTimeout"] = 17 * SECOND + ODD
    for check in task["Services"][0]["Checks"]:
        check |= {"Interval": 12 * SECOND + ODD, "Timeout": large}
    for template in task["Templates"]:
        template["Splay"] = large
    return job


def with_large_numbers(job: Job) -> Job:
    """Give numbers values that need more than 32 bits, and ports the largest there is."""
    one, large = job["TaskGroups"][0], 2**40 + 1
    task = one["Tasks"][0]
    job.get("Update", {})["MaxParallel"] = large
    one["RestartPolicy"] |= {"Attempts": large, "Delay": 0}
    one["EphemeralDisk"]["SizeMB"] = 2**50
    task["Resources"] |= {"CPU": large, "MemoryMB": large + 1, "IOPS": large + 2}
    task["LogConfig"] = {"MaxFiles": large, "MaxFileSizeMB": 1}
    network = task["Resources"]["Networks"][0]
    network |= {"MBits": large, "ReservedPorts": [{"Label": "admin", "Value": 65535}]}
    task["Config"] |= {"shm_size": 2**31 + 5, "port_map": [{"http": 65535}]}
    return job


def with_odd_ports(job: Job) -> Job:
    """Give ports values that no port can have, which nobody minds before something is to be placed."""
    network = job["TaskGroups"][0]["Tasks"][0]["Resources"]["Networks"][0]
    network["ReservedPorts"] = [{"Label": "large", "Value": 70_000}, {"Label": "negative", "Value": -1}]
    network["ReservedPorts"].append({"Label": "admin", "Value": 0})
    return job


def with_unused_settings(job: Job) -> Job:
    """Set what does nothing by itself: a pause of an update that is not rolling, keys in no order."""
    job.get("Update", {}).update(MaxParallel=0)
    rules = {"Payload": "optional", "MetaRequired": ["z", "a", "M"], "MetaOptional": ["y", "b", "b"]}
    return {**job, "Periodic": None, "ParameterizedJob": rules}


CONTENTS: dict[str, Callable[[Job], Job]] = {
    **{f"text-{name}": partial(with_text, text=text) for name, text in TEXTS.items()},
    "repetitions": with_repetitions,
    "odd-durations": with_odd_durations,
    "large-numbers": with_large_numbers,
    "odd-ports": with_odd_ports,
    "unused-settings": with_unused_settings,
}


@states("job.register.creates", *ALL_KEEPS)
@pytest.mark.parametrize(
    "contents",
    [
        pytest.param(name, marks=statement_mark("job.register.takes-control-characters") if "control" in name else ())
        for name in CONTENTS
    ],
)
def test_contents_are_kept_exactly(nomad: Nomad, factory: JobFactory, contents: str) -> None:
    """Texts, lists and durations are read back exactly, whatever they contain; texts also of a job that was updated."""
    if contents == "odd-ports" and not factory.lenient:
        raise NotOffered("newer servers look at the numbers of ports")
    job = CONTENTS[contents](factory.rich(nomad.new_id()))
    control = job["Name"] == CONTROL
    statement = "job.register.takes-control-characters" if control else "job.register.creates"
    for _ in range(2 if contents in ("text-unicode", "text-long", "text-control") else 1):
        verify.ok(statement, nomad.register(job))
        verify_stored(nomad, job)


@states("job.register.large-jobs")
def test_large_jobs_are_kept(nomad: Nomad, factory: JobFactory) -> None:
    """A job of many groups and of long texts, more than a megabyte of them, is registered and read back whole."""
    groups = [group(f"g{number:03}", Count=0, Meta={f"key{key:03}": LONG for key in range(2)}) for number in range(60)]
    groups[0]["Tasks"] = [task(f"t{number:02}", Env={f"E{key}": "v" for key in range(40)}) for number in range(20)]
    job = factory.service(nomad.new_id(), TaskGroups=groups, Meta={f"key{key:03}": str(key) for key in range(300)})
    statement = "job.register.large-jobs"
    verify.ok(statement, nomad.register(job))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.alike(statement, found, differences(readback(job), found.json))


@states("job.register.limits")
def test_what_is_just_allowed(nomad: Nomad, factory: JobFactory) -> None:
    """A job exactly at a limit is accepted, by a plan too."""
    for name, change in limits.cases():
        job = factory.service(nomad.new_id())
        change(job)
        for done in (nomad.plan(job, diff=False), nomad.register(job)):
            verify.that("job.register.limits", done, done.ok, f"200 for {name}", f"{done.status} {done.text[:300]}")


@states("job.register.updates-change-anything")
def test_an_update_may_turn_a_job_into_any_other(nomad: Nomad, factory: JobFactory) -> None:
    """A job may become one of any other type, periodic, parameterized, and an ordinary one again."""
    statement = "job.register.updates-change-anything"
    job_id = nomad.new_id()
    kinds = ("service", "batch", "system", "service", "parameterized", "periodic", "batch", "periodic", "parameterized")
    for number, kind in enumerate((*kinds, "service")):
        changed = {"StatusDescription": f"said {number}", "TaskGroups": [group(f"g{number}", Count=0)]}
        job = getattr(factory, kind)(job_id, **changed)
        verify.ok(statement, nomad.register(job))
        found = nomad.job(job_id)
        names = ("Type", "StatusDescription")
        shown: dict[str, Any] = {name: found.json[name] for name in names}
        verify.equal(statement, found, shown, {name: job[name] for name in names})
        special = {name: found.json[name] is not None for name in ("Periodic", "ParameterizedJob")}
        verify.equal(statement, found, special, {name: name in job for name in special})
        verify.equal(statement, found, [one["Name"] for one in found.json["TaskGroups"]], [f"g{number}"])


@states("job.register.refuses.vault-when-off")
def test_vault_is_refused_where_there_is_none(nomad: Nomad, factory: JobFactory) -> None:
    """A job that asks for Vault is planned but not registered by a server that has none."""
    known = nomad.companion("/v1/agent/self")
    if known.ok and (known.json.get("config", {}).get("Vault") or {}).get("Enabled"):
        raise NotOffered("the server uses Vault")
    statement = "job.register.refuses.vault-when-off"
    for mode in ({"ChangeMode": "noop"}, {"ChangeMode": "restart"}, {"ChangeMode": "signal", "ChangeSignal": "sighup"}):
        vault = {"Policies": ["p"], "Env": False, **mode}
        job = factory.service(nomad.new_id(), TaskGroups=[group("g", Count=0, Tasks=[task("t", Vault=vault)])])
        verify.ok(statement, nomad.plan(job))
        verify.refused(statement, nomad.register(job), 500, "Vault not enabled and Vault policies requested")
        verify.missing(statement, nomad.job(job["ID"]))


@states("job.register.id-must-match")
@pytest.mark.parametrize("operation", ["register", "plan"])
def test_an_id_in_another_case_does_not_match(nomad: Nomad, factory: JobFactory, operation: str) -> None:
    """The ID in the body has to equal that in the URL, letter case included."""
    job_id = nomad.new_id("case")
    for other in (job_id.upper(), job_id.capitalize()):
        reply = nomad.act(operation, job_id, {"Job": factory.idle(other)})
        verify.refused("job.register.id-must-match", reply, 400, "Job ID does not match")
    verify.missing("job.register.id-must-match", nomad.job(job_id))


@states("job.register.keeps.task", "job.register.empty-is-null")
def test_a_config_may_have_any_value(nomad: Nomad, factory: JobFactory) -> None:
    """Everything inside Config is kept: nulls, empty lists and maps, names that differ in case, deep nesting."""
    deep: Any = "bottom"
    for number in range(60):
        deep = [deep] if number % 2 else {"down": deep}
    odd = [None, [], {}, [[]], {"a": None, "A": 1, "": True}, False, "", deep]
    job = factory.service(nomad.new_id())
    job["TaskGroups"] = [group("g", Count=0, Tasks=[task("t", Config={"command": "x", "args": odd})])]
    verify.ok("job.register.keeps.task", nomad.register(job))
    verify_stored(nomad, job)
