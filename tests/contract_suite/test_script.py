"""The shell script that repeats an exchange from nothing."""

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.secrets import HIDDEN
from contract_tests.client.target import Target
from contract_tests.findings import Ledger
from mockserver.settings import Settings
from tests.contract_suite.made import exchange
from tests.served import serving


@pytest.fixture
def nomad() -> Iterator[Nomad]:
    """Yield a client of a mock."""
    with serving(Settings()) as port:
        client = Nomad(Target(f"http://127.0.0.1:{port}"), Ledger(), "nomad-contract-x-")
        yield client
        client.close()


def repeated(done: Exchange) -> str:
    """Return what the script prints on a fresh mock."""
    with serving(Settings()) as port:
        environment = {**os.environ, "NOMAD_ADDR": f"http://127.0.0.1:{port}", "NOMAD_TOKEN": "secret"}
        command = ["sh", "-eu", "-c", done.curl()]
        run = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
    assert run.stderr == b""
    return run.stdout.decode()


def last_reply(said: str) -> Any:
    """Return the JSON body of the reply that was printed last, with its head."""
    return json.loads(said.replace("\r\n", "\n").rpartition("\n\n")[2])


def test_a_read_is_repeated_with_the_writes_before_it(nomad: Nomad) -> None:
    """The job is there again, with what two registrations made of it."""
    job = JobFactory().idle(nomad.new_id("it's"))
    nomad.register(job)
    nomad.register({**job, "Priority": 70, "Meta": {"quote": "'\"$x`é"}})
    found = last_reply(repeated(nomad.job(job["ID"])))
    assert (found["Priority"], found["Meta"]) == (70, {"quote": "'\"$x`é"})


def test_only_writes_about_the_job_are_repeated(nomad: Nomad) -> None:
    """Of many writes those about other jobs are left out."""
    jobs = [JobFactory().idle(nomad.new_id()) for _ in range(12)]
    for job in jobs:
        nomad.register(job)
    script = nomad.job(jobs[5]["ID"]).curl()
    assert [job["ID"] in script for job in jobs] == [number == 5 for number in range(12)]


def test_a_dispatched_child_is_found_under_its_new_id(nomad: Nomad) -> None:
    """Its ID is taken from the reply that names it."""
    parent = JobFactory().idle(nomad.new_id(), Type="batch", ParameterizedJob={"Payload": "optional"})
    nomad.register(parent)
    child_id = nomad.dispatch(parent["ID"], payload=b"x").json["DispatchedJobID"]
    child = last_reply(repeated(nomad.job(child_id)))
    assert child["ParentID"] == parent["ID"]
    assert child["ID"] != child_id


def test_a_launched_child_is_found_under_its_new_id(nomad: Nomad) -> None:
    """Its ID is looked up, because no reply names it."""
    spec = {"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron"}
    parent = JobFactory().idle(nomad.new_id(), Type="batch", Periodic=spec)
    nomad.register(parent)
    nomad.send("force", "PUT", f"/v1/job/{parent['ID']}/periodic/force")
    child = last_reply(repeated(nomad.job(f"{parent['ID']}/periodic-1234567890")))
    assert child["ParentID"] == parent["ID"]


def test_an_index_is_taken_from_the_reply(nomad: Nomad) -> None:
    """A check-and-set with the index of the registration before it succeeds on a server with other indexes."""
    nomad.register(JobFactory().idle(nomad.new_id()))
    job = JobFactory().idle(nomad.new_id())
    index = nomad.register(job).json["JobModifyIndex"]
    nomad.connection.writes.popleft()  # so that the index is another one when the rest is repeated
    done = nomad.register(job, EnforceIndex=True, JobModifyIndex=index)
    assert last_reply(repeated(done))["JobModifyIndex"] < done.json["JobModifyIndex"]


def test_odd_requests_are_repeated_byte_by_byte(nomad: Nomad) -> None:
    """A body that is no text, a method without a body, a path that curl would shorten or expand."""
    job_id = nomad.new_id()
    assert "400 Bad Request" in repeated(nomad.send("register", "PUT", f"/v1/job/{job_id}", body=b"\xff'\0"))
    assert "405 Method Not Allowed" in repeated(nomad.send("query", "HEAD", f"/v1/job/{job_id}/plan"))
    assert "'/v1/job/a/../{b}'" in exchange(target="/v1/job/a/../{b}").curl()
    assert " -g --path-as-is " in exchange(target="/v1/job/a/../{b}").curl()


def test_no_secret_is_in_it() -> None:
    """The value of a hidden header comes from the environment, and the script says what is missing there."""
    hidden = {"X-Nomad-Token": HIDDEN, "Authorization": HIDDEN, "A": "b"}
    lines = exchange("register", {}, method="PUT", sent=hidden, body=b"@{'}").curl().splitlines()
    assert lines[1] == ": ${NOMAD_TOKEN:?the value of the header X-Nomad-Token}"
    assert lines[2] == ": ${AUTHORIZATION:?the value of the header Authorization}"
    assert """-H "X-Nomad-Token: $NOMAD_TOKEN" -H "Authorization: $AUTHORIZATION" -H 'A: b'""" in lines[3]
