"""The requests that both servers are sent."""

import json
import re

from tests.attack.steps import Request
from tests.beside.lives import LENGTH, about_own_jobs, life, reads_after, renamed, requests
from tests.beside.names import HERE, PREFIX, TOKEN


def test_a_life_is_repeatable() -> None:
    """The same seed, number and mode give the same requests, and others give others."""
    assert life(3, 1, "requests") == life(3, 1, "requests")
    others = [life(3, 2, "requests"), life(4, 1, "requests"), life(3, 1, "plans")]
    assert all(each.steps != life(3, 1, "requests").steps for each in others)


def test_lives_are_about_own_jobs_only() -> None:
    """Each path that names a job names one with the prefix, and no request is for the mock alone."""
    made = [each for number in range(5) for each in requests(life(1, number, "requests"))]
    assert len(made) > 4 * LENGTH
    named = [each.target for each in made if re.match("/v1/job/[^/?]", each.target)]
    assert len(named) > 3 * LENGTH
    assert [each for each in named if not each.startswith((f"/v1/job/{PREFIX}{TOKEN}", "/v1/job/{"))] == []
    assert not any(HERE.encode() in each.body for each in made)
    unsent = ("x-nomad-mock", "content-length", "expect")
    assert not any(name.startswith(unsent) for each in made for name, _ in each.headers)


def test_an_index_stays_when_no_server_waits_for_it() -> None:
    """An index is left out that one server may have and the other not, and stays where both have it or refuse it."""
    queries = {"index=1": "", "index=20": "", "index=5&wait=1s": "wait=1s", "pretty&index=007": "pretty&"}
    stay = ("index=0&a", "index=-1", "index=x", "index=18446744073709551616", "stale")
    for query, left in {**queries, **dict(zip(stay, stay, strict=True))}.items():
        assert about_own_jobs(Request("GET", f"/v1/jobs?{query}")).target == f"/v1/jobs?{left}"


def test_plans_are_asked_most() -> None:
    """With the mode plans most requests are plans."""
    made = [each for number in range(5) for each in requests(life(1, number, "plans"))]
    assert sum("/plan" in each.target for each in made) > len(made) / 3


def test_a_token_makes_ids_unique() -> None:
    """The token is put into the path and into the body, also where its characters are escaped."""
    body = json.dumps({"Job": {"ID": f"{PREFIX}{TOKEN}-a"}}).replace("zz-a", r"z\u007a-a").encode()
    assert renamed(Request("PUT", f"/v1/job/{PREFIX}{TOKEN}-a", body=body), "abcdef", "dc1") == Request(
        "PUT", f"/v1/job/{PREFIX}abcdef-a", body=b'{"Job": {"ID": "beside-abcdef-a"}}'
    )


def test_only_plans_ask_for_the_node() -> None:
    """The agent's datacenter is put into a plan and not into a registration."""
    plan, register = (Request("PUT", f"/v1/job/a{part}", body=b'["dc1"]') for part in ("/plan", ""))
    assert renamed(plan, "abcdef", "beside").body == b'["beside"]'
    assert renamed(register, "abcdef", "beside").body == b'["dc1"]'


def test_the_job_of_a_write_is_read() -> None:
    """What a write may have changed is read after it, without its action and its query."""
    read = [each.target for each in reads_after(Request("PUT", "/v1/job/a/periodic/force?region=x"))]
    assert read == ["/v1/jobs", *(f"/v1/job/a{part}" for part in ("", "/summary", "/allocations", "/evaluations"))]
    assert [each.target for each in reads_after(Request("PUT", "/v1/jobs"))] == ["/v1/jobs"]
