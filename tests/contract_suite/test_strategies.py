"""The generated inputs of the contract tests are what they claim to be."""

from typing import Any

import pytest
from hypothesis import given

from contract_tests.client.jobs import JobFactory
from contract_tests.job.test_plan import DIFFS
from contract_tests.oracle.readback import readback
from contract_tests.oracle.shapes import flaws
from contract_tests.oracle.statement_of import ALL_KEEPS, keeps, read_back
from contract_tests.statements import catalogue
from contract_tests.strategies import generated, limits
from contract_tests.strategies.edits import edits
from contract_tests.strategies.invalid import cases
from contract_tests.strategies.problems import in_task, problems
from contract_tests.words import ABSENT, Place
from tests.properties import examples

TASK = ("TaskGroups", 0, "Tasks", 1)
SERVER = {"Status": "pending", "CreateIndex": 1, "ModifyIndex": 1, "JobModifyIndex": 1}


@pytest.mark.slow
@examples(0.4, database=None)
@given(generated.jobs(JobFactory()))
def test_generated_jobs_have_the_shape_of_a_job(job: dict[str, object]) -> None:
    """A generated job reads back as a whole job without anything unknown in it."""
    assert list(flaws("Job", {**readback(job), **SERVER})) == []


@examples(0.2, database=None)
@given(generated.jobs(JobFactory(lenient=False)))
def test_jobs_for_later_servers_repeat_nothing(job: dict[str, Any]) -> None:
    """Later servers refuse a port that a job reserves twice, and two services of a group with one name."""
    services = [
        (group["Name"], service["Name"])
        for group in job["TaskGroups"]
        for task in group["Tasks"]
        for service in task.get("Services") or ()
    ]
    tasks = [task for group in job["TaskGroups"] for task in group["Tasks"]]
    networks = [network for task in tasks for network in (task.get("Resources") or {}).get("Networks") or ()]
    ports = [port["Value"] for network in networks for port in network.get("ReservedPorts") or ()]
    assert len(services) == len(set(services))
    assert len(ports) == len(set(ports))


def test_the_rich_job_reaches_every_property() -> None:
    """The rich job has every property, except those that would make it another kind of job or need Vault."""
    rich = readback(JobFactory().rich("rich"))
    assert list(flaws("Job", {**rich, **SERVER})) == []
    unset = {path for path, value in leaves(rich) if value in (None, "", 0, False, [])}
    left = {"ParentID", "Payload", "ParameterizedJob", "VaultToken"}
    assert {path for path in unset if "[1]" not in path and "[2]" not in path} - left == {
        "TaskGroups[0].Tasks[0].Vault",
        "TaskGroups[0].Tasks[0].Resources.DiskMB",
        "TaskGroups[0].Tasks[0].Resources.Networks[0].DynamicPorts[0].Value",
        "TaskGroups[0].Tasks[0].Services[0].Checks[0].Args",
        "TaskGroups[0].Tasks[0].Services[0].Checks[0].Command",
        "TaskGroups[0].Tasks[0].Services[0].Checks[0].InitialStatus",
        "TaskGroups[0].Tasks[0].Templates[0].EmbeddedTmpl",
    }


def leaves(value: object, path: str = "") -> list[tuple[str, object]]:
    """Yield every leaf of JSON data by its path."""
    if isinstance(value, dict) and value:
        return [leaf for name, item in value.items() for leaf in leaves(item, f"{path}.{name}" if path else name)]
    if isinstance(value, list) and value:
        return [leaf for number, item in enumerate(value) for leaf in leaves(item, f"{path}[{number}]")]
    return [(path, value)]


def test_every_edit_and_case_has_its_own_name_and_a_statement() -> None:
    """Names are unique, and each edit or case has a statement about it."""
    names = [edit.name for edit in edits()]
    assert len(names) == len(set(names))
    assert {DIFFS[edit.part] for edit in edits()} == set(DIFFS.values())
    labels = [(case.statement, case.name) for case in cases()]
    assert len(labels) == len(set(labels))
    assert {case.statement for case in cases()} <= set(catalogue())


def test_every_case_changes_the_job() -> None:
    """An invalid job differs from the valid one it was made of, and has a text of its own."""
    for case in cases():
        assert case.of(JobFactory().service("x")) != JobFactory().service("x")
        assert case.text
        assert case.says(case.text.replace("…", " whatever"))
        assert not case.says("200")


def test_every_limit_changes_the_job() -> None:
    """A job at a limit differs from the one it was made of, and each limit has a name of its own."""
    names = []
    for name, change in limits.cases():
        job = JobFactory().service("x")
        change(job)
        assert job != JobFactory().service("x"), name
        names.append(name)
    assert len(names) == len(set(names))


@examples(0.1, database=None)
@given(generated.jobs(JobFactory(), "periodic", "parameterized"))
def test_kinds_can_be_chosen(job: dict[str, object]) -> None:
    """Only jobs of the chosen kinds are generated."""
    assert job["Type"] == "batch"


def test_texts_of_problems_nest() -> None:
    """Each level of a problem's text has its own header, and nothing is indented."""
    assert in_task(problems("a", "b")) == (
        "1 error(s) occurred:\n\n* Task group g validation failed: 1 error(s) occurred:\n\n"
        "* Task t validation failed: 1 error(s) occurred:\n\n* 2 error(s) occurred:\n\n* a\n* b"
    )


def test_a_property_belongs_to_the_innermost_object() -> None:
    """The statement about a property is that of the innermost object that holds it."""
    assert keeps(("Priority",)) == "job.register.keeps.job"
    assert keeps(("ParentID",)) == "job.register.keeps.job-extras"
    assert keeps((*TASK, "User")) == "job.register.keeps.task-extras"
    assert keeps((*TASK, "Config", "args", 0)) == "job.register.keeps.task"
    assert keeps((*TASK, "Services", 0, "Checks", 1, "Args", 0)) == "job.register.keeps.check"
    assert keeps((*TASK, "Resources", "Networks", 0, "IP")) == "job.register.keeps.network-address"
    assert set(ALL_KEEPS) == {one for one in catalogue() if one.startswith("job.register.keeps.")}


@pytest.mark.parametrize(
    ("place", "statement"),
    [
        (("Meta", "a.b"), "job.register.keeps.job"),
        (("TaskGroups", 0, "Meta", "Services"), "job.register.keeps.task-group"),
        ((*TASK, "Env", "x[0].y"), "job.register.keeps.env"),
        ((*TASK, "Config", "a.b", 0, "Env"), "job.register.keeps.task"),
        ((*TASK, "Artifacts", 0, "GetterOptions", ""), "job.register.keeps.artifact"),
    ],
)
def test_a_key_of_a_free_form_map_is_any_text(place: Place, statement: str) -> None:
    """A lost, changed or additional key of a submitted map breaks the statement about that map, whatever its text."""
    task = {"Env": {"x[0].y": "1"}, "Config": {"a.b": [{"Env": None}]}, "Artifacts": [{"GetterOptions": {"": "1"}}]}
    job = {"Meta": {"a.b": "c"}, "TaskGroups": [{"Meta": {"Services": "1"}, "Tasks": [{}, task]}]}
    for expected, actual in (("1", "2"), ("1", ABSENT), (ABSENT, "2")):
        assert read_back(job, place, expected, actual) == statement
    assert read_back({"TaskGroups": []}, place, "1", "2") == "job.register.default.others"


def test_content_is_told_apart_from_the_order_of_its_members() -> None:
    """Two objects are equal when their members are, in whatever order."""
    assert generated.content({"a": 1, "b": {"c": 2, "d": 3}}) == generated.content({"b": {"d": 3, "c": 2}, "a": 1})
    assert generated.content({"a": 1}) != generated.content({"a": "1"})
