"""Registering jobs through the control plane."""

from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.testing import example_job
from tests.admin.conftest import Control
from tests.asgi import ask

pytestmark = pytest.mark.anyio


async def test_jobs_are_registered_as_by_a_client(control: Control, app: Starlette) -> None:
    """One job or a list, bare or wrapped in ``{"Job": …}``, can be registered in any region."""
    one = await control("POST", "/jobs", example_job("a"))
    assert [each["ID"] for each in one.json] == ["a"]
    two = await control("POST", "/jobs?region=eu1", [{"Job": example_job("b")}, example_job("c")])
    assert [each["JobModifyIndex"] for each in two.json] == [6, 8]
    assert (await ask(app, "GET", "/v1/job/b?region=eu1")).status == 200
    evaluation = (await ask(app, "GET", "/v1/job/a/evaluations")).json[0]
    assert evaluation["ID"] == one.json[0]["EvalID"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (example_job("b", Priority=0), "Job priority must be between [1, 100]"),
        (example_job("b", TaskGroups=[]), "Missing job task groups"),
        ({**example_job("b"), "Priority": "high"}, "cannot unmarshal string"),
    ],
)
async def test_when_one_is_refused_none_is_registered(
    control: Control, app: Starlette, bad: dict[str, Any], said: str
) -> None:
    """When a job of a list is refused, none is registered; the error has the agent's text and names the job."""
    answer = await control("POST", "/jobs", [example_job("a"), bad])
    assert answer.status == 400
    name = f"job {bad['ID']!r}" if "ID" in bad else "job 1 (from 0)"
    assert answer.json["error"].startswith(f"{name} is refused: ")
    assert said in answer.json["error"]
    assert (await ask(app, "GET", "/v1/job/a")).status == 404


async def test_a_misspelt_field_is_refused(control: Control, app: Starlette) -> None:
    """A misspelt field is refused with the nearest field; on request it is dropped, as an agent does."""
    job = example_job("a", Prioritty=70)
    answer = await control("POST", "/jobs", [example_job("b"), job])
    assert (answer.status, answer.json["findings"]) == (
        400,
        ["body/Job/Prioritty is ignored: there is no such field; did you mean Priority?"],
    )
    assert answer.json["error"] == "job 'a' has fields that an agent would drop without a word"
    assert "?unknown_fields=ignore" in answer.json["help"]
    assert (await ask(app, "GET", "/v1/jobs")).json == []
    assert (await control("POST", "/jobs?unknown_fields=ignore", job)).status == 200
    assert (await ask(app, "GET", "/v1/job/a")).json["Priority"] == 50
    refused = await control("POST", "/jobs?unknown_fields=ignroe", job)
    assert (refused.status, refused.json["findings"]) == (
        400,
        ['query unknown_fields: "ignroe" is unknown; did you mean ignore?'],
    )


HCL = 'job "h" {\n  datacenters = ["dc1"]\n  group "g" { task "t" { driver = "exec"\n config { command = "x" } } }\n}\n'


async def test_jobs_in_hcl_are_registered(control: Control) -> None:
    """HCL is taken as the body, known by how it begins or by its media type, and as the text of a job in a list."""
    for media_type in ("application/x-www-form-urlencoded", "application/hcl; charset=utf-8"):
        answer = await control("POST", "/jobs", HCL.encode(), content_type=media_type)
        assert [each["ID"] for each in answer.json] == ["h"]
    listed = await control("POST", "/jobs", [example_job("a"), {"JobHCL": HCL.replace('"h"', '"b"')}])
    assert [each["ID"] for each in listed.json] == ["a", "b"]


@pytest.mark.parametrize(
    ("right", "wrong", "error", "findings"),
    [
        (
            "driver",
            "drvier",
            "job 'h' can't be read: line 3, column 26: there is no drvier here; did you mean driver?",
            [],
        ),
        ('"exec"', '"exce"', "job 'h' is refused: ", ["line 3, column 26: failed to create driver for task"]),
    ],
)
async def test_what_is_wrong_in_hcl_is_told_with_its_place(
    control: Control, app: Starlette, right: str, wrong: str, error: str, findings: list[str]
) -> None:
    """The error names line and column of what is no HCL and of what an agent refuses; nothing is registered."""
    answer = await control("POST", "/jobs", {"JobHCL": HCL.replace(right, wrong)})
    assert answer.status == 400
    assert answer.json["error"].startswith(error)
    assert len(answer.json["findings"]) == len(findings)
    assert all(map(str.startswith, answer.json["findings"], findings))
    assert (await ask(app, "GET", "/v1/jobs")).json == []


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"JobHCL": []}, "job 0 (from 0) is refused: Job must be specified"),
        ({"JobHCL": None}, "job 0 (from 0) is refused: Job must be specified"),
        ({"JobHCL": HCL, "ID": "a"}, "job 'a' has fields that an agent would drop without a word"),
    ],
)
async def test_hcl_is_a_text_that_stands_alone(control: Control, document: dict[str, Any], error: str) -> None:
    """JobHCL that is no text, or stands beside other fields, is a field that an agent does not know."""
    answer = await control("POST", "/jobs", document)
    assert (answer.status, answer.json["error"]) == (400, error)


async def test_hcl_that_is_not_utf_8_is_refused(control: Control) -> None:
    """The error names the place of the first wrong byte."""
    answer = await control("POST", "/jobs", HCL.encode() + b"# \xff")
    assert answer.status == 400
    assert answer.json["error"] == (
        "the body can't be read: line 6, column 3: these bytes are not UTF-8: save the file as UTF-8"
    )


async def test_the_media_type_tells_what_a_body_is_meant_as(control: Control) -> None:
    """A body that begins neither as HCL nor as JSON is read as what it was sent as."""
    as_hcl = await control("POST", "/jobs", b"jbo {}", content_type="application/hcl")
    assert "line 1, column 1: there is no jbo here; did you mean job?" in as_hcl.json["error"]
    joined = await control("POST", "/jobs", f"# a job\n{HCL}".replace("\n", "").encode())
    assert joined.json["help"].startswith("send HCL with --data-binary: -d joins its lines")
    as_json = await control("POST", "/jobs", b"jbo {}", content_type="application/json")
    assert as_json.json["error"].startswith("the body can't be read: not JSON")
