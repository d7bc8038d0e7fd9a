"""What may differ between two replies, and what may not."""

import gzip
import json
from typing import Any

import pytest

from tests.attack.steps import Request
from tests.attack.verdicts import Reply
from tests.beside.comparing import differences
from tests.beside.likeness import Likeness, LikenessOfTasks, excuse, swapped

ONE, TWO = "4be2edcf-3d3e-4a4f-9d1d-0a1b2c3d4e5f", "a8ee3c31-0a5a-4b5c-8d5e-1a2b3c4d5e6f"
"""IDs that a server draws."""


def as_json(value: Any, **headers: str) -> Reply:
    """Return a reply with this JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(200, {"content-type": "application/json", **named}, json.dumps(value).encode())


def refusal(text: str, status: int = 500) -> Reply:
    """Return a reply with an error."""
    return Reply(status, {"content-type": "text/plain; charset=utf-8"}, text.encode())


def paths(ours: Reply, theirs: Reply, **theirs_also: Any) -> list[str]:
    """Return where two replies differ; the marker has index 10 with us and 100 with the agent."""
    likenesses = Likeness(10), Likeness(100, **theirs_also)
    asked = Request("GET", "/v1/jobs")
    return [each.path for each in differences(asked, likenesses[0].reply(ours), likenesses[1].reply(theirs))]


def test_indexes_count_from_the_marker() -> None:
    """An index is as far from the marker as the other one; a field of a job's own with such a name is as it is."""
    ours = as_json({"CreateIndex": 12, "JobModifyIndex": 0, "Config": {"Index": 5}}, x_nomad_index="12")
    theirs = as_json({"CreateIndex": 102, "JobModifyIndex": 0, "Config": {"Index": 5}}, x_nomad_index="102")
    assert paths(ours, theirs) == []
    late = as_json({"CreateIndex": 103, "JobModifyIndex": 101, "Config": {"Index": 95}}, x_nomad_index="103")
    assert paths(ours, late) == [
        "body/Config/Index",
        "body/CreateIndex",
        "body/JobModifyIndex",
        "headers/x-nomad-index",
    ]


def test_indexes_before_the_marker_are_alike() -> None:
    """Whatever was before the marker, and in a header never, is one thing; in a body 0 is another."""
    assert paths(as_json([], x_nomad_index="0"), as_json([], x_nomad_index="99")) == []
    assert paths(as_json({"ModifyIndex": 0}), as_json({"ModifyIndex": 99})) == ["body/ModifyIndex"]


def test_objects_of_before_the_marker_are_left_out() -> None:
    """A list that is read has only what was made after the marker; what a reply has in it otherwise stays."""
    theirs = [{"CreateIndex": 99}, {"CreateIndex": 101}]
    assert paths(as_json([{"CreateIndex": 11}]), as_json(theirs)) == []
    assert paths(as_json({"CreatedEvals": [{"CreateIndex": 11}]}), as_json({"CreatedEvals": theirs})) != []


def test_an_index_in_a_text_counts_from_the_marker() -> None:
    """The index that an enforced one conflicts with counts from the marker, and the enforced one does not."""
    text = "Enforcing job modify index {}: job exists with conflicting job modify index: {}"
    assert paths(refusal(text.format(5, 12)), refusal(text.format(5, 102))) == []
    assert paths(refusal(text.format(5, 12)), refusal(text.format(6, 102))) == ["body"]


def test_drawn_ids_stand_for_the_same_object() -> None:
    """IDs differ, but where one comes twice the other does, too."""
    assert paths(as_json({"ID": ONE, "NextEval": ONE}), as_json({"ID": TWO, "NextEval": TWO})) == []
    assert paths(as_json({"ID": ONE, "NextEval": ONE}), as_json({"ID": TWO, "NextEval": ONE})) == ["body/NextEval"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("a/dispatch-1480000000-0a1b2c3d", "a/dispatch-1480000001-ffffffff"), ("a/periodic-148", "a/periodic-149")],
)
def test_children_have_other_names(one: str, other: str) -> None:
    """The time and the random part of a child's name differ, and those of a job of another parent do not."""
    assert paths(as_json({one: {"ID": one}}), as_json({other: {"ID": other}})) == []
    assert paths(as_json(one), as_json(other.replace("a/", "b/"))) == ["body"]


def test_times_differ() -> None:
    """Only whether there is a time is compared."""
    assert paths(as_json({"AllocationTime": 12345}), as_json({"AllocationTime": 999})) == []
    assert paths(as_json({"AllocationTime": 12345}), as_json({"AllocationTime": 0})) == ["body/AllocationTime"]


def test_lists_by_drawn_ids_come_as_made() -> None:
    """Objects with drawn IDs come in any order; jobs, whose IDs are chosen, in theirs; other lists as they are."""

    def made(*pairs: tuple[str, int]) -> Reply:
        return as_json([{"ID": each, "CreateIndex": index} for each, index in pairs])

    assert paths(made((ONE, 11), (TWO, 12)), made((ONE, 102), (TWO, 101))) == []
    assert paths(made(("a", 11), ("b", 12)), made(("b", 102), ("a", 101))) != []
    assert paths(as_json(["a", "b"]), as_json(["b", "a"])) == ["body/0", "body/1"]


def test_objects_of_a_diff_come_in_any_order_among_their_like() -> None:
    """Objects of a diff with the same name and type come in any order, and others in theirs."""

    def diff(*names_and_values: tuple[str, str]) -> Reply:
        made = ({"Name": name, "Type": "Added", "Fields": [text], "Objects": None} for name, text in names_and_values)
        return as_json({"Diff": {"Objects": list(made)}})

    assert paths(diff(("Constraint", "a"), ("Constraint", "b")), diff(("Constraint", "b"), ("Constraint", "a"))) == []
    assert paths(diff(("Constraint", "a"), ("Update", "b")), diff(("Update", "b"), ("Constraint", "a"))) != []


def test_errors_come_in_any_order() -> None:
    """Several errors at once come in any order, and all of them; the lines of another text stay."""
    text = "2 error(s) occurred:\n\n* {}\n* {}"
    assert paths(refusal(text.format("a", "b")), refusal(text.format("b", "a"))) == []
    assert paths(refusal(text.format("a", "b")), refusal(text.format("a", "c"))) == ["body"]
    assert paths(refusal("a\nb"), refusal("b\na")) == ["body"]


def test_keys_come_in_any_order() -> None:
    """The keys that a dispatch may not have, or lacks, come in any order, and all of them."""
    text = "Dispatch request included unpermitted metadata keys: [{}]"
    assert paths(refusal(text.format("a b")), refusal(text.format("b a"))) == []
    assert paths(refusal(text.format("a b")), refusal(text.format("a"))) == ["body"]


def test_a_location_has_drawn_ids() -> None:
    """An ID in the address of a redirection is that of the same object, and the rest is the same."""
    ours, theirs = (Reply(301, {"location": f"/v1/evaluation/{each}"}, b"") for each in (ONE, TWO))
    assert paths(ours, theirs) == []
    assert paths(ours, Reply(301, {"location": f"/v1/allocation/{TWO}"}, b"")) == ["headers/location"]


def test_the_version_of_go_names_structs() -> None:
    """A struct within a struct is named by some versions of Go, and a field is by all."""
    text = "json: cannot unmarshal bool into Go struct field JobRegisterRequest.{}Region of type string"
    assert paths(refusal(text.format("")), refusal(text.format("WriteRequest."))) == []
    assert paths(refusal(text.format("")), refusal(text.format("Job."))) == ["body"]


def test_compressed_bodies_are_compared_uncompressed() -> None:
    """Two programs compress the same text in their own ways, but both compress it."""
    ours, theirs = (Reply(200, {"content-encoding": "gzip"}, gzip.compress(b"a" * 99, level)) for level in (1, 9))
    assert ours.body != theirs.body
    assert paths(ours, theirs) == []
    assert paths(ours, Reply(200, {}, b"a" * 99)) == ["headers/content-encoding"]


def test_header_fields_about_time_and_length_differ() -> None:
    """The date and the length differ; every other field has to be the same."""
    assert paths(Reply(200, {"date": "a", "content-length": "1"}, b""), Reply(200, {"date": "b"}, b"")) == []
    assert paths(Reply(200, {"vary": "a"}, b""), Reply(200, {}, b"")) == ["headers/vary"]


def test_threads_of_an_agent_overtake_each_other() -> None:
    """The index of a cancelled evaluation counts as that of the completed one beside it, and of no other one."""
    evaluations = [
        {"Status": "complete", "ModifyIndex": 102},
        {"Status": "canceled", "ModifyIndex": 101},
        {"Status": "canceled", "ModifyIndex": 105},
        {"Status": "blocked", "ModifyIndex": 106},
    ]
    assert swapped(evaluations) == {102: 101}
    ours, theirs = as_json({"ModifyIndex": 11}), as_json({"ModifyIndex": 102})
    assert paths(ours, theirs, swapped=swapped(evaluations)) == []
    assert paths(ours, theirs) == ["body/ModifyIndex"]


def test_which_groups_have_no_room_is_chance() -> None:
    """Of several groups that do not all have room any may have none; of one group it is known which."""

    def plan(failed: str, *wanting: str) -> Reply:
        updates = {name: {"Place": 1, "DestructiveUpdate": 0} for name in wanting}
        metric = {failed: {"NodesExhausted": 1}}
        return as_json({"FailedTGAllocs": metric, "Annotations": {"DesiredTGUpdates": updates}})

    assert paths(plan("a", "a", "b"), plan("b", "a", "b")) == []
    assert paths(plan("a", "a", "b"), as_json({"FailedTGAllocs": None})) != []
    assert paths(plan("a", "a"), plan("b", "a")) == ["body/FailedTGAllocs/a", "body/FailedTGAllocs/b"]


def test_where_tasks_run_entries_are_not_counted() -> None:
    """Where tasks run, only whether there is an index is compared, and lists come in the order of their contents."""

    def listed(*made: tuple[str, int, str]) -> Any:
        objects = [{"ID": each, "CreateIndex": index, "Name": name} for each, index, name in made]
        return LikenessOfTasks(0).reply(as_json(objects))

    assert listed((ONE, 11, "a"), (TWO, 11, "b")) == listed((TWO, 10, "b"), (ONE, 12, "a"))
    assert listed((ONE, 11, "a")) != listed((ONE, 0, "a"))
    assert listed((ONE, 11, "a")) != listed((ONE, 11, "b"))
    by_node = [{"ID": ONE, "CreateIndex": 1, "NodeModifyIndex": 0}, {"ID": TWO, "CreateIndex": 1, "NodeModifyIndex": 8}]
    assert LikenessOfTasks(0).reply(as_json(by_node)) == LikenessOfTasks(0).reply(as_json(by_node[::-1]))
    first, other = (as_json({"ModifyIndex": index}, x_nomad_index=str(index)) for index in (5, 9))
    assert LikenessOfTasks(0).reply(first) == LikenessOfTasks(0).reply(other)


def test_where_tasks_run_a_drain_evaluates_jobs_of_earlier_lives() -> None:
    """How many evaluations a drain makes is not compared, as an agent knows allocations of jobs that are gone."""
    one, other = (
        {"NodeModifyIndex": 5, "EvalCreateIndex": index, "EvalIDs": ids} for index, ids in ((0, []), (9, [ONE]))
    )
    assert LikenessOfTasks(0).reply(as_json(one)) == LikenessOfTasks(0).reply(as_json(other))


def test_limits_and_crashes_are_excused() -> None:
    """A limit of the mock and a clear error where an agent crashes are no differences, and nothing else is excused."""
    limit = refusal("free-form values may not nest deeper than 200 levels in this mock", 400)
    assert excuse(limit, as_json({})) == "limits of the mock"
    assert excuse(refusal("larger than …", 413), as_json({})) == "limits of the mock"
    assert excuse(refusal("no"), Reply(0, {}, b"")) == "crashes, where the mock has an error of its own"
    assert excuse(as_json({}), Reply(0, {}, b"")) is None
    assert excuse(as_json("this mock"), as_json({})) is None
    assert excuse(refusal("no"), as_json({})) is None
