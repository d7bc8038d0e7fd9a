"""PUT and POST /v1/job/<ID>/plan: what is compared with what has exactly the same name."""

from collections.abc import Sequence
from typing import Any

from contract_tests.client.jobs import LEAST, JobFactory, group, task
from contract_tests.client.nomad import Job, Nomad
from contract_tests.durations import SECOND
from contract_tests.job.test_plan import verify_diff
from contract_tests.statements import states
from contract_tests.strategies.near_names import NAMES
from contract_tests.suite import verify


def named(job: Job, names: Sequence[str]) -> Job:
    """Return a job with a group of each of the names, and one with a task, a service and a check of each.

    A service's name has to fit into DNS, so that only letter case and length vary there.
    """
    timing = {"Type": "tcp", "Interval": 10 * SECOND, "Timeout": SECOND}
    checks = [{"Name": name, **timing} for name in names]
    of_dns = [name for name in names if name.isascii() and name.isalpha()]
    services = [{"Name": name, "PortLabel": "p", "Checks": checks} for name in of_dns]
    ports: dict[str, Any] = {"MBits": 1, "DynamicPorts": [{"Label": "p"}]}
    first = task("with-services", Services=services, Resources={**LEAST, "Networks": [ports]})
    inside = group("with-tasks", Count=0, Tasks=[first, *map(task, names)])
    return {**job, "TaskGroups": [inside, *(group(name, Count=2 + number) for number, name in enumerate(names))]}


def halves() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return two sets of names that nearly match each other; one name is in both."""
    return NAMES[::2], (NAMES[0], *NAMES[1::2])


@states("job.plan.diff.near-names")
def test_a_name_that_nearly_matches_is_another(nomad: Nomad, factory: JobFactory) -> None:
    """What has a name that nearly matches a stored one is Added, and what was stored is Deleted."""
    statement = "job.plan.diff.near-names"
    before, after = halves()
    old = named(factory.service(nomad.new_id()), before)
    new = named(old, after)
    verify.ok(statement, nomad.register(old))
    verify_diff(statement, nomad.plan(new), old, new)


@states("job.plan.near-names")
def test_a_plan_counts_groups_by_their_exact_names(nomad: Nomad, factory: JobFactory) -> None:
    """A plan tells for each of several groups that nearly have one name how many are placed, and how many fail."""
    statement = "job.plan.near-names"
    job = named(factory.service(nomad.new_id()), NAMES)
    planned = verify.ok(statement, nomad.plan(job))
    wanted = {one["Name"]: one["Count"] for one in job["TaskGroups"] if one["Count"]}
    updates = planned.json["Annotations"]["DesiredTGUpdates"]
    verify.equal(statement, planned, {name: one["Place"] for name, one in updates.items() if one["Place"]}, wanted)
    failed = planned.json["FailedTGAllocs"] or {}
    verify.equal(statement, planned, {name: 1 + one["CoalescedFailures"] for name, one in failed.items()}, wanted)
