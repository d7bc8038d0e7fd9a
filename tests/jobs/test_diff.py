"""Diffs of jobs as plans report them: recorded ones, and the rules that no recording shows."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import Refused
from mockserver.gostd.numbers import Float64
from mockserver.jobs.canonicalize import add_implicit_constraints, valid, with_defaults, without_empty_lists
from mockserver.jobs.diff import annotate, diff_jobs
from mockserver.jobs.diff.filtering import with_texts
from mockserver.openapi import load_contract
from tests.builders import a_group, a_job, a_task
from tests.loose_types import Job, JobDiff

_RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"


def _recorded_plans() -> Iterator[Any]:
    """Yield what was last registered (or None), what was planned and the reply, for each recorded plan with a diff."""
    for path in sorted(_RECORDINGS.glob("*.json")):
        registered = None
        for step in json.loads(path.read_text("utf-8"))["steps"]:
            request, reply = step["request"], step["response"]
            if request["method"] != "PUT" or reply["status"] != 200 or '"Job"' not in (request["body"] or ""):
                continue
            if not request["path"].endswith("/plan"):
                registered = request["body"]
            elif reply["json"]["Diff"]:
                yield pytest.param(registered, request["body"], reply["json"], id=f"{path.stem}-{step['step']}")


def _decoded(operation: str, body: str) -> Job:
    decoded = load_contract().operations[operation].decode(body.encode())
    assert decoded is not None
    job: Job = decoded["Job"]
    return job


def _without_chance(diff: Any) -> Any:
    """Return a diff in which siblings that an agent orders at random have a fixed order."""
    if isinstance(diff, dict):
        return {key: _without_chance(value) for key, value in diff.items()}
    if not isinstance(diff, list):
        return diff
    ties = groupby(map(_without_chance, diff), key=lambda item: isinstance(item, dict) and _known_rank(item))
    return [item for _, tied in ties for item in sorted(tied, key=json.dumps)]


def _known_rank(diff: dict[str, Any]) -> tuple[Any, ...]:
    return diff["Name"], diff["Type"], len(diff.get("Fields") or ()), len(diff.get("Objects") or ()), diff.get("New")


@pytest.mark.parametrize(("registered", "planned", "answer"), list(_recorded_plans()))
def test_a_recorded_plan_has_this_diff(registered: str | None, planned: str, answer: dict[str, Any]) -> None:
    """The diff, annotated with the recorded updates, is the recorded one, keys and order included."""
    old = None
    if registered is not None:
        old = without_empty_lists(valid(add_implicit_constraints(with_defaults(_decoded("registerJob", registered)))))
    new = valid(add_implicit_constraints(with_defaults(_decoded("planJob", planned))))
    diff = annotate(diff_jobs(old, new), answer["Annotations"]["DesiredTGUpdates"])
    assert _without_chance(diff) == _without_chance(answer["Diff"])


def test_an_unchanged_job_is_edited_and_lists_its_datacenters() -> None:
    """An unchanged job has groups and tasks of type None; of objects only the datacenters show."""
    task = {"Type": "None", "Name": "t", "Fields": None, "Objects": None, "Annotations": None}
    assert diff_jobs(a_job(), a_job()) == {
        "Type": "Edited",
        "ID": "j",
        "Fields": None,
        "Objects": [_set_diff("Datacenters", "None", ("dc1", "dc1", "None"))],
        "TaskGroups": [
            {"Type": "None", "Name": "g", "Fields": None, "Objects": None, "Tasks": [task], "Updates": None}
        ],
    }


def test_ids_that_differ_in_case_cannot_be_compared() -> None:
    """A plan of a job whose stored ID differs in case fails."""
    with pytest.raises(Refused) as refused:
        diff_jobs(a_job(ID="Web"), a_job(ID="web"))
    assert refused.value.text == 'failed to create job diff: can not diff jobs with different IDs: "Web" and "web"'


def test_groups_and_tasks_are_matched_by_name_and_sorted_by_it() -> None:
    """A renamed group is a deleted and an added one, and so are its tasks."""
    diff: JobDiff = diff_jobs(
        a_job(a_group(Name="b"), a_group(Name="same")), a_job(a_group(Name="same"), a_group(Name="a"))
    )
    types = [(group["Name"], group["Type"], group["Tasks"][0]["Type"]) for group in diff["TaskGroups"]]
    assert types == [("a", "Added", "Added"), ("b", "Deleted", "Deleted"), ("same", "None", "None")]


@pytest.mark.parametrize(
    ("old", "new", "change", "entries"),
    [
        (["dc1"], ["dc1", "dc2"], "Added", [("", "dc2", "Added"), ("dc1", "dc1", "None")]),
        (["dc1", "dc2"], ["dc2"], "Deleted", [("dc1", "", "Deleted"), ("dc2", "dc2", "None")]),
        (["a"], ["b"], "Edited", [("", "b", "Added"), ("a", "", "Deleted")]),
        (["a", "b", "a"], ["b", "a"], "None", [("a", "a", "None"), ("b", "b", "None")]),
        ([""], ["", "a"], "Added", [("", "", "None"), ("", "a", "Added")]),
        (["a"], ["a", ""], "Added", [("", "", "None"), ("a", "a", "None")]),
    ],
)
def test_datacenters_are_a_set(
    old: list[str], new: list[str], change: str, entries: list[tuple[str, str, str]]
) -> None:
    """Each datacenter is a field of the same name; an empty text that comes or goes shows no change."""
    diff: JobDiff = diff_jobs(a_job(Datacenters=old), a_job(Datacenters=new))
    assert diff["Objects"] == [_set_diff("Datacenters", change, *entries)]


def test_null_and_empty_list_are_an_edit_that_shows_nothing() -> None:
    """A task with ``[]`` instead of null is Edited, with neither fields nor objects."""
    for key in ("Artifacts", "Templates", "Services", "Constraints"):
        task = _task_diff({key: None}, {key: []})
        assert (task["Type"], task["Fields"], task["Objects"]) == ("Edited", None, None)


def test_config_is_flattened_to_the_last_leaf() -> None:
    """Paths name keys and positions; numbers print as Go's %v, null as nil, empty containers not at all."""
    config = {
        "big": Float64(1e7),
        "flag": False,
        "list": [Float64(6379), None, {"k": ["x"]}],
        "nothing": [],
        "": "bare",
        "empty": {},
    }
    [diff] = _task_diff({"Config": None}, {"Config": config})["Objects"]
    assert (diff["Type"], diff["Name"]) == ("Added", "Config")
    assert {field["Name"]: field["New"] for field in diff["Fields"]} == {
        "": "bare",
        "big": "1e+07",
        "flag": "false",
        "list[0]": "6379",
        "list[1]": "nil",
        "list[2][k][0]": "x",
    }


def test_config_knows_true_from_one_and_shows_unchanged_fields() -> None:
    """``true`` and ``1`` are different values; unchanged fields are listed with type None."""
    [diff] = _task_diff({"Config": {"a": True, "b": "x"}}, {"Config": {"a": Float64(1), "b": "x"}})["Objects"]
    assert diff["Type"] == "Edited"
    assert [(field["Name"], field["Old"], field["New"], field["Type"]) for field in diff["Fields"]] == [
        ("a", "true", "1", "Edited"),
        ("b", "x", "x", "None"),
    ]


def test_config_that_differs_only_in_empty_containers_is_edited_without_a_changed_field() -> None:
    """An additional empty list is an edit, though no field shows it."""
    [diff] = _task_diff({"Config": {"a": "x"}}, {"Config": {"a": "x", "args": []}})["Objects"]
    assert diff["Type"] == "Edited"
    assert [field["Type"] for field in diff["Fields"]] == ["None"]


def test_tags_and_check_arguments_edit_a_service_without_a_changed_field() -> None:
    """Services and checks are compared whole, but lists inside them are not shown."""
    service = {"Name": "s", "PortLabel": "http", "Tags": None, "Checks": [_CHECK]}
    edited = {**service, "Tags": ["new"], "Checks": [{**_CHECK, "Args": ["-x"]}]}
    [diff] = _task_diff({"Services": [service]}, {"Services": [edited]})["Objects"]
    assert (diff["Type"], {field["Type"] for field in diff["Fields"]}) == ("Edited", {"None"})
    [check] = diff["Objects"]
    assert (check["Name"], check["Type"], {field["Type"] for field in check["Fields"]}) == ("Check", "Edited", {"None"})


def test_an_object_whose_fields_are_all_empty_is_not_reported() -> None:
    """A dispatch payload without a file edits the task and shows nowhere."""
    task = _task_diff({"DispatchPayload": None}, {"DispatchPayload": {"File": ""}})
    assert (task["Type"], task["Objects"]) == ("Edited", None)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ({"Spec": "", "SpecType": ""}, {"Spec": "x", "SpecType": ""}, "Added"),
        ({"Spec": "x", "SpecType": ""}, {"Spec": "", "SpecType": ""}, "Deleted"),
        ({"Spec": "x", "SpecType": ""}, {"Spec": "", "SpecType": "cron"}, "Edited"),
        ({"Spec": "x", "SpecType": ""}, {"Spec": "y", "SpecType": ""}, "Edited"),
    ],
)
def test_the_type_of_a_plain_object_follows_its_fields(old: dict[str, str], new: dict[str, str], change: str) -> None:
    """An object whose field gets its first text is Added; one whose field loses it is Deleted."""
    flags = {"Enabled": True, "ProhibitOverlap": False}
    diff: JobDiff = diff_jobs(a_job(Periodic=flags | old), a_job(Periodic=flags | new))
    assert [(part["Name"], part["Type"]) for part in diff["Objects"]][1:] == [("Periodic", change)]


def test_a_changed_constraint_is_an_added_and_a_deleted_one() -> None:
    """Constraints are a set: duplicates count once, order does not count, and nothing is Edited."""
    a, b, c = ({"LTarget": target, "Operand": "=", "RTarget": ""} for target in "abc")
    diff: JobDiff = diff_jobs(a_job(Constraints=[a, a, b]), a_job(Constraints=[c, b]))
    assert [(part["Type"], part["Fields"][0]["New"] or part["Fields"][0]["Old"]) for part in diff["Objects"][1:]] == [
        ("Added", "c"),
        ("Deleted", "a"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [({"a": "b"}, {"b": "a"}), ({"k1": "v1"}, {"k2": "v2"}), ({"q": "1", "r": "2"}, {"q": "2", "r": "1"})],
)
def test_artifact_options_cancel_out(old: dict[str, str], new: dict[str, str]) -> None:
    """An agent mixes these options up, so that only the task's type shows the change."""
    mistaken = _task_diff({"Artifacts": [_artifact(old)]}, {"Artifacts": [_artifact(new)]})
    assert (mistaken["Type"], mistaken["Objects"]) == ("Edited", None)


@pytest.mark.parametrize(("old", "new"), [("k1", "k2"), ("k" * 40, "k" * 41), ("x" + "k" * 40, "y" + "k" * 40)])
def test_other_artifact_options_are_other_artifacts(old: str, new: str) -> None:
    """Artifacts with other options are other artifacts, however long the options are."""
    told = _task_diff({"Artifacts": [_artifact({old: "v"})]}, {"Artifacts": [_artifact({new: "v"})]})
    assert [part["Type"] for part in told["Objects"]] == ["Added", "Deleted"]


def test_an_artifact_shows_its_options() -> None:
    """Each option is a field, ordered by name."""
    changed = _task_diff({"Artifacts": [_artifact({"a": "b"})]}, {"Artifacts": [_artifact({"a": "c"})]})
    assert [part["Type"] for part in changed["Objects"]] == ["Added", "Deleted"]
    assert [field["Name"] for field in changed["Objects"][0]["Fields"]] == [
        "GetterOptions[a]",
        "GetterSource",
        "RelativeDest",
    ]


def test_an_edited_network_is_an_added_and_a_deleted_one_with_all_ports() -> None:
    """Static ports come first, with their value; dynamic ones have a label only."""
    old = _network([("db", 5432)], [("http", 0)])
    new = _network([("db", 5433)], [("http", 0)])
    [resources] = _task_diff({"Resources": _resources(old)}, {"Resources": _resources(new)})["Objects"]
    added, deleted = resources["Objects"]
    assert (added["Type"], deleted["Type"], resources["Type"]) == ("Added", "Deleted", "Edited")
    assert [(port["Name"], len(port["Fields"])) for port in added["Objects"]] == [
        ("Static Port", 2),
        ("Dynamic Port", 1),
    ]


def test_looking_inside_of_alike_networks_sorts_their_ports() -> None:
    """Of two new networks that differ in their ports only, dynamic ports come first."""
    networks = [_network([("db", value)], [("http", 0)]) for value in (1, 2)]
    [resources] = _task_diff({"Resources": _resources()}, {"Resources": _resources(*networks)})["Objects"]
    names = [[port["Name"] for port in network["Objects"]] for network in resources["Objects"]]
    assert names == [["Dynamic Port", "Static Port"]] * 2


def test_networks_that_look_the_same_keep_their_ports_in_order() -> None:
    """Networks that differ only in the device, which no diff shows, keep the order of their ports."""
    networks = [{**_network([("", 0)], [("http", 0)]), "Device": device} for device in ("eth0", "eth1")]
    [resources] = _task_diff({"Resources": _resources()}, {"Resources": _resources(*networks)})["Objects"]
    names = [[port["Name"] for port in network["Objects"]] for network in resources["Objects"]]
    assert names == [["Static Port", "Dynamic Port"]] * 2


@pytest.mark.parametrize(("bandwidths", "first"), [((1, 2), "Dynamic Port"), ((2, 1), "Static Port")])
def test_where_a_field_decides_nobody_looks_inside(bandwidths: tuple[int, int], first: str) -> None:
    """Of two networks the smaller comes first; ports are sorted only when the second has to be compared again.

    Observed in 36 of 40 plans of a real agent, whose order is that of a hash table.
    """
    networks = [{**_network([("", 0)], [("http", 0)]), "MBits": bandwidth} for bandwidth in bandwidths]
    [resources] = _task_diff({"Resources": _resources()}, {"Resources": _resources(*networks)})["Objects"]
    assert [network["Fields"][0]["New"] for network in resources["Objects"]] == ["1", "2"]
    assert [network["Objects"][0]["Name"] for network in resources["Objects"]] == [first] * 2


@pytest.mark.parametrize(
    ("given", "shown"), [("az by", "by az"), ("by az", "az by"), ("bx ax", "ax bx"), ("ax bx", "ax bx")]
)
def test_each_of_two_may_be_before_the_other(given: str, shown: str) -> None:
    """When one constraint has the smaller left side and the other the smaller right side, the later is first."""
    constraints = [{"LTarget": both[0], "Operand": "=", "RTarget": both[1]} for both in given.split()]
    diff: JobDiff = diff_jobs(None, a_job(Constraints=constraints))
    objects = diff["Objects"] or []
    found = [[field["New"] for field in one["Fields"]] for one in objects if one["Name"] == "Constraint"]
    assert " ".join(left + right for left, _, right in found) == shown


def test_many_siblings_are_all_there() -> None:
    """More siblings than an agent sorts by insertion come in any order, each once."""
    constraints = [{"LTarget": f"{number % 7}", "Operand": "=", "RTarget": f"{number}"} for number in range(40)]
    diff: JobDiff = diff_jobs(None, a_job(Constraints=constraints))
    objects = diff["Objects"] or []
    found = [one["Fields"][2]["New"] for one in objects if one["Name"] == "Constraint"]
    assert sorted(found, key=int) == [str(number) for number in range(40)]


def test_networks_without_ports_are_the_same_with_an_empty_list_of_them() -> None:
    """For an agent, null and ``[]`` ports hash alike; the resources are Edited all the same."""
    old = {**_network([], []), "ReservedPorts": None}
    new: dict[str, Any] = {**old, "ReservedPorts": []}
    [resources] = _task_diff({"Resources": _resources(old)}, {"Resources": _resources(new)})["Objects"]
    assert (resources["Type"], resources["Objects"]) == ("Edited", None)


def test_a_parameterized_block_is_compared_as_a_whole() -> None:
    """``[]`` instead of null makes the block Edited; the sets of keys show even if unchanged."""
    old = {"Payload": "optional", "MetaOptional": None, "MetaRequired": ["a"]}
    diff: JobDiff = diff_jobs(a_job(ParameterizedJob=old), a_job(ParameterizedJob={**old, "MetaOptional": []}))
    assert diff["Objects"][1] == {
        "Type": "Edited",
        "Name": "ParameterizedJob",
        "Fields": [_field("Payload", "optional", "optional", "None")],
        "Objects": [_set_diff("MetaRequired", "None", ("a", "a", "None"))],
    }


def test_a_submitted_vault_token_shows() -> None:
    """A plan keeps the submitted token, and stored jobs have none, so it shows."""
    assert diff_jobs(a_job(), a_job(VaultToken="s3cret"))["Fields"] == [_field("VaultToken", "", "s3cret", "Added")]


_JOBS = st.builds(
    lambda name, priority, meta, datacenters, count: a_job(
        a_group(Count=count), Name=name, Priority=priority, Meta=meta or None, Datacenters=datacenters
    ),
    st.text(max_size=2),
    st.integers(1, 100),
    st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=3),
    st.lists(st.text(max_size=2), min_size=1, max_size=3),
    st.integers(0, 9),
)
_OPPOSITE = {"Added": "Deleted", "Deleted": "Added", "Edited": "Edited", "None": "None"}


@given(_JOBS, _JOBS)
def test_the_way_back_is_the_opposite(old: Job, new: Job) -> None:
    """Swapping old and new swaps Added and Deleted, field by field."""
    there, back = diff_jobs(old, new), diff_jobs(new, old)
    assert sorted(_changes(there)) == sorted((name, b, a, _OPPOSITE[change]) for name, a, b, change in _changes(back))


def _changes(diff: JobDiff) -> Iterator[tuple[str, str, str, str]]:
    for holder in (diff, *(diff["Objects"] or ()), *diff["TaskGroups"]):
        for field in holder["Fields"] or ():
            yield field["Name"], field["Old"], field["New"], field["Type"]


def _field(name: str, old: str, new: str, change: str) -> dict[str, Any]:
    return {"Type": change, "Name": name, "Old": old, "New": new, "Annotations": None}


def _set_diff(name: str, change: str, *entries: tuple[str, str, str]) -> dict[str, Any]:
    return {"Type": change, "Name": name, "Fields": [_field(name, *entry) for entry in entries], "Objects": None}


def _task_diff(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    diff: JobDiff = diff_jobs(a_job(a_group(a_task(**old))), a_job(a_group(a_task(**new))))
    task: dict[str, Any] = diff["TaskGroups"][0]["Tasks"][0]
    return task


def _artifact(options: dict[str, str]) -> dict[str, Any]:
    return {"GetterSource": "http://a", "RelativeDest": "", "GetterOptions": options}


def _network(static: list[tuple[str, int]], dynamic: list[tuple[str, int]]) -> dict[str, Any]:
    reserved, free = ([{"Label": label, "Value": value} for label, value in ports] for ports in (static, dynamic))
    return {"CIDR": "", "Device": "", "IP": "", "MBits": 1, "ReservedPorts": reserved, "DynamicPorts": free}


def _resources(*networks: dict[str, Any]) -> dict[str, Any]:
    return {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 32, "Networks": list(networks) or None}


_CHECK = {
    "Args": None,
    "Command": "/check",
    "InitialStatus": "",
    "Interval": 10_000_000_000,
    "Name": "c",
    "Path": "",
    "PortLabel": "",
    "Protocol": "",
    "Timeout": 1_000_000_000,
    "Type": "script",
}


def test_a_remembered_diff_is_of_the_very_same_groups() -> None:
    """The diff of the same two versions is made once; that of another version, or with other texts, anew."""
    old, new, other = a_job(), a_job(a_group(Count=2)), a_job(a_group(Count=3))
    first = diff_jobs(old, new, remember=True)
    assert diff_jobs(old, new, remember=True)["TaskGroups"][0] is first["TaskGroups"][0]  # type: ignore[index]
    assert diff_jobs(old, other, remember=True) == diff_jobs(old, other)
    texts = {("g", 0)}
    constrained = a_job(a_group(Constraints=[{"LTarget": "a", "Operand": "=", "RTarget": "b"}]))
    for filtering in (texts, set(), texts):
        expected = with_texts(constrained, filtering)
        assert with_texts(constrained, filtering, remember=True) == expected
    again = [with_texts(constrained, texts, remember=True)["TaskGroups"][0] for _ in range(2)]
    assert again[0] is again[1]
