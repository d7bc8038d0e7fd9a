"""Dispatching parameterized jobs."""

from typing import Any

import pytest

from mockserver.errors import Refused
from mockserver.jobs.children import check_dispatch, child_id, dispatched_job
from tests.builders import a_group, a_job
from tests.loose_types import Job


def _parent(payload: str = "optional", **known: Any) -> Job:
    config = {"MetaOptional": ["c"], "MetaRequired": ["b", "a", "b"], "Payload": payload}
    return a_job(ID="p", Type="batch", ParameterizedJob=config) | known


_META = {"a": "1", "b": ""}


@pytest.mark.parametrize(
    ("job", "payload", "meta"),
    [
        (_parent(), b"", _META),
        (_parent("required"), b"x", {**_META, "c": "3"}),
        (_parent("forbidden"), b"", _META),
        (_parent(), b"x" * 16384, _META),
        (_parent(ParameterizedJob={"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}), b"", {}),
    ],
)
def test_what_may_be_dispatched(job: Job, payload: bytes, meta: dict[str, str]) -> None:
    """A dispatch may have 16 KiB of payload, has every required key, and may have optional ones."""
    check_dispatch("p", job, payload, meta)


@pytest.mark.parametrize(
    ("job", "payload", "meta", "text"),
    [
        (None, b"", _META, "parameterized job not found"),
        (a_job(), b"", _META, 'Specified job "P" is not a parameterized job'),
        (_parent("required"), b"", {}, "Payload is not provided but required by parameterized job"),
        (_parent("forbidden"), b"x" * 20000, {}, "Payload provided but forbidden by parameterized job"),
        (_parent(), b"x" * 16385, {}, "Payload exceeds maximum size; 16385 > 16384"),
        (_parent(), b"", {"z": "", "A": ""}, "Dispatch request included unpermitted metadata keys: [A z]"),
        (_parent(), b"", {"c": ""}, "Dispatch did not provide required meta keys: [a b]"),
    ],
)
def test_the_first_thing_wrong_is_told(job: Job | None, payload: bytes, meta: dict[str, str], text: str) -> None:
    """The first mistake in an agent's order is told, with the ID as it was sent (recordings dispatch-*)."""
    with pytest.raises(Refused) as refused:
        check_dispatch("P", job, payload, meta)
    assert refused.value.text == text


def test_a_child_is_a_copy_with_payload_and_metadata() -> None:
    """Given metadata overlays the parent's, and the parent stays as it is (recording dispatch-ok-payload-meta)."""
    parent = _parent(Meta={"a": "0", "d": "4"}, Constraints=[])
    child = dispatched_job(parent, b"hi", _META, "p/dispatch-1-ab")
    changed = {
        "ID": "p/dispatch-1-ab",
        "Name": "p/dispatch-1-ab",
        "ParentID": "p",
        "ParameterizedJob": None,
        "Meta": {"a": "1", "b": "", "d": "4"},
        "Payload": "aGk=",
        "Constraints": None,
    }
    assert child == {**parent, **changed}
    assert parent["Meta"] == {"a": "0", "d": "4"}


def test_a_child_with_nothing_of_its_own() -> None:
    """Without payload and metadata both are null (recording dispatch-ok-empty)."""
    child = dispatched_job(_parent(), b"", {}, "p/x")
    assert (child["Payload"], child["Meta"]) == (None, None)
    assert child["TaskGroups"] == [a_group()]


def test_ids_and_kinds() -> None:
    """A child has its own ID and is not parameterized."""
    assert child_id("a/b", 1795460619, "a2070802") == "a/b/dispatch-1795460619-a2070802"
    assert _parent()["ParameterizedJob"] is not None
    assert dispatched_job(_parent(), b"", {}, "p/x")["ParameterizedJob"] is None
