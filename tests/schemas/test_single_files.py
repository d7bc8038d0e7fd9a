"""The bundled files are current and whole, and the schema of job files finds what people mistype."""

import json
from typing import Any

import jsonschema_rs
import pytest

from mockserver.openapi import single_files
from tests.builders import a_group, a_job, a_task
from tests.schemas.catalogue import ROOT, nodes

JOB_FILE = ROOT / "bundled" / "job-file.schema.json"


@pytest.fixture(scope="module")
def checker() -> Any:
    """Return a validator of job files, as an editor has."""
    return jsonschema_rs.validator_for(json.loads(JOB_FILE.read_text("utf-8")))


@pytest.mark.parametrize("name", single_files.FILES)
def test_a_bundled_file_is_current(name: str) -> None:
    """``python -m mockserver.openapi.single_files --write`` was run after the last change in schemas/."""
    assert (ROOT / "bundled" / name).read_text("utf-8") == single_files.text_of(name)


@pytest.mark.parametrize("name", single_files.FILES)
def test_a_bundled_file_refers_to_itself_alone(name: str) -> None:
    """Every reference leads to a definition in the file, and every definition is used."""
    text = (ROOT / "bundled" / name).read_text("utf-8")
    document = json.loads(text)
    references = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    for reference in references:
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step.replace("~1", "/")]
    held = document.get("$defs") or document["components"]["schemas"]
    assert {name for name in held if not any(one.endswith(f"/{name}") for one in references)} == set()


def test_the_schema_of_job_files_is_plain() -> None:
    """It is valid JSON Schema with an ID, and has no keyword or format that validators would have to be taught."""
    schema = json.loads(JOB_FILE.read_text("utf-8"))
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"].startswith("urn:")
    assert {key for node in nodes(schema) for key in node if key.startswith("x-") or key == "format"} == set()
    assert "(nanoseconds)" in schema["$defs"]["SubmittedTask"]["properties"]["KillTimeout"]["description"]
    assert all("$id" not in json.loads(file.read_text("utf-8")) for file in (ROOT / "requests").glob("*.json"))


def test_a_good_job_fits(checker: Any) -> None:
    """A bare job, a registration, and what ``nomad run -output`` prints fit."""
    network = {"Public": False, "Device": "", "CIDR": "", "IP": "", "MBits": 10, "DynamicPorts": [{"Label": "db"}]}
    service = {
        "Id": "",
        "Name": "a",
        "PortLabel": "db",
        "Checks": [{"Id": "", "Name": "c", "Type": "tcp", "Timeout": 10**9, "Interval": 10**9}],
    }
    resources = {"CPU": 100, "MemoryMB": 100, "DiskMB": 0, "IOPS": 0, "Networks": [network]}
    for job in (a_job(), a_job(a_group(a_task(Services=[service], Resources=resources)))):
        assert checker.is_valid(job)
        assert checker.is_valid({"Job": job})


@pytest.mark.parametrize(
    ("job", "place", "message"),
    [
        (a_job(Priorty=60), [], "'Priorty' was unexpected"),
        (a_job(priority=60), [], "'priority' was unexpected"),
        (a_job(a_group(Cuont=3)), ["TaskGroups", 0], "'Cuont' was unexpected"),
        (a_job(a_group(a_task(Driver="dokcer"))), ["TaskGroups", 0, "Tasks", 0, "Driver"], '"dokcer" is not one of'),
        (a_job(a_group(a_task(KillTimeout="5s"))), ["TaskGroups", 0, "Tasks", 0, "KillTimeout"], '"5s" is not of'),
        (a_job(a_group(a_task(Config={"comand": "x"}))), ["TaskGroups", 0, "Tasks", 0, "Config"], "'comand' was"),
        (a_job(Datacenters=[]), ["Datacenters"], "[] has less than 1 item"),
    ],
)
def test_what_people_mistype_does_not_fit(checker: Any, job: Any, place: list[Any], message: str) -> None:
    """A misspelt name, a name in another case, a wrong word and a wrong type are found at their places."""
    for prefix, document in (([], job), (["Job"], {"Job": job})):
        errors = [(list(one.instance_path), one.message) for one in checker.iter_errors(document)]
        assert [text for where, text in errors if where == prefix + place and message in text], errors


def test_the_command_says_what_is_not_current(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exits with 1 where a file is not current, and writes it with --write."""
    monkeypatch.setattr(single_files, "_TARGET", tmp_path / "bundled")
    assert single_files.main([]) == 1
    assert capsys.readouterr().err.count("does not fit the schemas: run this with --write") == 2
    assert single_files.main(["--write"]) == 0
    assert single_files.main([]) == 0
