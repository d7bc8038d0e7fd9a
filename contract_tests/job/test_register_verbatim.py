"""PUT and POST /v1/job/<ID>: a job is kept as it was written, in every member of every list and map."""

from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, constraint, group, rich_service, rich_task, task
from contract_tests.client.nomad import Job, Nomad
from contract_tests.oracle.readback import differences, readback
from contract_tests.oracle.statement_of import ALL_KEEPS, read_back
from contract_tests.statements import Level, catalogue, states
from contract_tests.strategies.near_names import NAMES
from contract_tests.suite import verify

BESIDE = ("job.register.empty-is-null", "job.register.default.others", *ALL_KEEPS)
"""What the page does not bind is held against the statements about each property."""


def verify_kept(statement: str, found: Exchange, job: Job) -> None:
    """Require that what the page binds of a job is as it was submitted; ``statement`` says so of this job."""
    gaps = ((read_back(job, *gap), *gap) for gap in differences(readback(job), found.json))
    bound = ((statement if catalogue()[own].level is Level.MUST else own, *gap) for own, *gap in gaps)
    verify.no_differences(found, sorted(bound, key=lambda gap: gap[0] != statement), [statement])


def with_odd_texts(job: Job) -> Job:
    """Put texts that parsers treat alike wherever a job may have any, and odd keys into every map."""
    odd = ("Key", "key", "KEY", " key", "key ", "k.e/y", "k\u00e9y", "ke\u0301y", "__proto__", "01", "yes", "k" * 300)
    keys = {key: str(number) for number, key in enumerate(odd)} | {"": "no key", "no value": ""}
    one = job["TaskGroups"][0]
    task = one["Tasks"][0]
    job |= {"Meta": keys, "Periodic": {**job["Periodic"], "Spec": " 0  0\t1 1 *  2099 "}} if job.get("Periodic") else {}
    one["Meta"] = keys
    task |= {"Env": keys, "Meta": keys}
    typed = ["yes", "Null", "1e3", "0x1F", "017", "1.0", "~", "2026-11-29", "", "[]", "{}", '"q"']
    task["Config"] |= {"labels": [keys], "args": ["b\r\n", "a\n", " c ", "b\r\n", *typed]}
    task["Templates"][1]["EmbeddedTmpl"] = "a\r\nb\rc\n\td \n"
    artifact = {**task["Artifacts"][0], "GetterOptions": keys}
    artifact["GetterSource"] = "HTTPS://Example.com:443/a/../b%2Fc//?x=%20&a=#f"
    task["Artifacts"] = [artifact, artifact, {**artifact, "RelativeDest": "local/./b/../c/"}]
    service = task["Services"][0]
    service["Tags"] = ["z", "A", "a", " a", "z", ""]
    service["Checks"] = [*reversed(service["Checks"])]
    service["Checks"][0]["Args"] = ["", "b", "", "a"]
    service["Checks"][-1]["Path"] = "//health/../a?b=%20#c"
    task["Templates"].reverse()
    one["Tasks"].reverse()
    job["TaskGroups"].reverse()
    job["Constraints"] = [constraint("${meta. x }", ">= 1,< 2", "version"), *reversed(job["Constraints"])]
    return {**job, "Datacenters": [*reversed(job["Datacenters"]), job["Datacenters"][0], " x "]}


@states("job.register.verbatim", *BESIDE)
def test_what_a_parser_treats_alike_is_kept(nomad: Nomad, factory: JobFactory) -> None:
    """White space, line ends, odd keys, texts that look like other types, and meaningless order come back as sent."""
    job = with_odd_texts(factory.rich(nomad.new_id()))
    for method in ("PUT", "POST"):
        verify.ok("job.register.verbatim", nomad.register(job, method=method))
        found = verify.ok("job.register.verbatim", nomad.job(job["ID"]))
        verify_kept("job.register.verbatim", found, job)


SPECS = (" 0  0\t1 1 *  2099 ", "@yearly", "0 0 1 jan Mon-fri 2099", "*/1 0 1 1 ? 2099")
"""Cron specs that mean nothing before the next year, in forms that parsers write in another way."""


@states("job.register.verbatim")
@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_is_kept_as_it_was_written(nomad: Nomad, factory: JobFactory, spec: str) -> None:
    """White space, shorthands, names, steps and question marks of a cron spec come back as they were sent."""
    statement = "job.register.verbatim"
    job = factory.periodic(nomad.new_id(), spec)
    verify.ok(statement, nomad.register(job))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.equal(statement, found, found.json["Periodic"]["Spec"], spec)


@states("job.register.near-names")
def test_names_that_match_nearly_are_several(nomad: Nomad, factory: JobFactory) -> None:
    """Groups, and tasks of one group, may have names that differ in letter case, white space or Unicode form alone."""
    statement = "job.register.near-names"
    groups = [group(name, Count=0, Tasks=[task(each) for each in NAMES]) for name in NAMES]
    job = factory.service(nomad.new_id(), TaskGroups=groups)
    verify.ok(statement, nomad.register(job))
    found = nomad.job(job["ID"])
    kept = [(one["Name"], [each["Name"] for each in one["Tasks"]]) for one in found.json["TaskGroups"]]
    verify.equal(statement, found, kept, [(name, [*NAMES]) for name in NAMES])


def several(job_id: str, factory: JobFactory) -> Job:
    """Return a job with three and more members in every list and map, at every level, no two alike, none in order."""

    def numbered(count: int, make: Callable[[int], Any]) -> list[Any]:
        return [make(number) for number in (*range(1, count), 0)]

    def full(name: str, base: int) -> dict[str, Any]:
        one = rich_task(name)
        one["Constraints"] = numbered(3, lambda n: constraint(f"${{attr.a{n}}}", f"{base + n}"))
        one["Env"] = {f"E{n}": f"{base + n}" for n in range(4)}
        one["Meta"] = {f"M{n}": f"{base + n}" for n in range(4)}
        one["Services"] = numbered(3, lambda n: {**rich_service(), "Name": f"s{n}-{base}", "Tags": ["a", "b", f"{n}"]})
        options = {f"o{n}": f"{base + n}" for n in range(4)}
        artifact = {**one["Artifacts"][0], "GetterOptions": options}
        one["Artifacts"] = numbered(3, lambda n: {**artifact, "RelativeDest": f"local/{base + n}"})
        one["Templates"] = numbered(3, lambda n: {**one["Templates"][1], "DestPath": f"local/t{base + n}"})
        network = one["Resources"]["Networks"][0]
        network["ReservedPorts"] = numbered(3, lambda n: {"Label": f"r{n}", "Value": 7000 + base + n})
        network["DynamicPorts"] = numbered(3, lambda n: {"Label": f"d{n}", "Value": 0})
        more = numbered(2, lambda n: {"MBits": 1 + n, "ReservedPorts": [{"Label": f"m{n}", "Value": 8000 + base + n}]})
        one["Resources"]["Networks"] += more if factory.lenient else []
        for service in one["Services"]:
            args = {"PortLabel": "d1", "Args": numbered(4, str)}
            service |= {"PortLabel": "d0", "Checks": [{**each, **args} for each in service["Checks"]]}
        labels = numbered(3, lambda n: {f"l{each}": f"{n}" for each in range(4)})
        one["Config"] |= {"args": numbered(4, str), "port_map": [{"d0": 1, "d1": 2, "d2": base}], "labels": labels}
        return {**one, "DispatchPayload": None}

    job = factory.rich(job_id)
    groups = [
        {
            **job["TaskGroups"][0],
            "Name": f"g{g}",
            "Constraints": numbered(3, lambda n: constraint(f"${{attr.g{n}}}", f"{n}")),
            "Meta": {f"G{n}": f"{n}" for n in range(4)},
            "Tasks": [full(f"t{t}", 100 * g + 10 * t) for t in (1, 2, 0)],
        }
        for g in (1, 2, 0)
    ]
    return {
        **job,
        "Constraints": numbered(3, lambda n: constraint(f"${{attr.j{n}}}", f"{n}")),
        "Datacenters": numbered(3, lambda n: f"{factory.datacenter}-{n}"),
        "Meta": {f"J{n}": f"{n}" for n in range(4)},
        "TaskGroups": groups,
    }


def backwards(value: Any, *names: str, turned: bool = True) -> Any:
    """Return a value with the members of every list in it, or of those with these names, in reverse."""
    if isinstance(value, dict):
        return {key: backwards(one, *names, turned=not names or key in names) for key, one in value.items()}
    if not isinstance(value, list):
        return value
    return [backwards(one, *names, turned=turned) for one in (reversed(value) if turned else value)]


@states("job.register.every-member", *BESIDE)
def test_every_member_of_every_list_is_kept(nomad: Nomad, factory: JobFactory) -> None:
    """Of three and more members of a list or map, at every level, each is kept in its place, also where it is moved."""
    statement = "job.register.every-member"
    job = several(nomad.new_id(), factory)
    levels = (("TaskGroups",), ("Tasks",), ("Services", "Networks"), ("Checks",))
    for version in (job, *(backwards(job, *names) for names in levels), backwards(job)):
        verify.ok(statement, nomad.register(version))
        found = verify.ok(statement, nomad.job(job["ID"]))
        verify_kept(statement, found, version)
