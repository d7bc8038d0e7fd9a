"""PUT and POST /v1/job/<ID>: what a 0.5 server takes and later ones refuse, each for a reason of its own."""

from itertools import product

from contract_tests.client.jobs import LEAST, JobFactory, group, task
from contract_tests.client.nomad import Nomad
from contract_tests.durations import SECOND
from contract_tests.job.test_register import KINDS
from contract_tests.statements import states
from contract_tests.suite import verify


@states("job.register.negative-numbers")
def test_negative_numbers_are_kept(nomad: Nomad, factory: JobFactory) -> None:
    """Negative numbers in Update are accepted and kept."""
    statement = "job.register.negative-numbers"
    job = factory.idle(nomad.new_id(), Update={"Stagger": -1, "MaxParallel": -3})
    verify.ok(statement, nomad.register(job))
    found = nomad.job(job["ID"])
    verify.equal(statement, found, found.json["Update"], job["Update"])


@states("job.register.takes-update-in-any-job")
def test_an_update_block_may_stand_in_any_job(nomad: Nomad, factory: JobFactory) -> None:
    """A job of any kind may have an update block, or half of one; what it lacks is zero."""
    statement = "job.register.takes-update-in-any-job"
    blocks: list[dict[str, int]] = [{"Stagger": SECOND}, {"MaxParallel": 2}, {"Stagger": SECOND, "MaxParallel": 2}]
    for kind, update in product(KINDS, blocks):
        job = getattr(factory, kind)(nomad.new_id(), Update=update)
        verify.ok(statement, nomad.register(job))
        found = nomad.job(job["ID"])
        verify.equal(statement, found, found.json["Update"], {"Stagger": 0, "MaxParallel": 0, **update})


@states("job.register.takes-any-port")
def test_a_port_may_have_any_number(nomad: Nomad, factory: JobFactory) -> None:
    """A number that no port can have, or that another port has, is taken: nobody minds before something is placed."""
    statement = "job.register.takes-any-port"
    for numbers in ([70_000, -1], [8080, 8080]):
        ports = [{"Label": f"p{place}", "Value": number} for place, number in enumerate(numbers)]
        asked = {**LEAST, "Networks": [{"MBits": 1, "ReservedPorts": ports}]}
        job = factory.service(nomad.new_id(), TaskGroups=[group("g", Tasks=[task("t", Resources=asked)])])
        verify.ok(statement, nomad.register(job))
        found = nomad.job(job["ID"])
        (network,) = found.json["TaskGroups"][0]["Tasks"][0]["Resources"]["Networks"]
        verify.equal(statement, found, network["ReservedPorts"], ports)
