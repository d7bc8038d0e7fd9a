"""The files of a description and the references between them."""

import json
from pathlib import Path

import pytest

from mockserver.openapi.documents import Documents


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    """Return two files in two folders."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "one.json").write_text(
        json.dumps(
            {
                "two": {"$ref": "../b/two.json#/odd~1na~0me"},
                "near": {"$ref": "#/plain"},
                "plain": {"x": 1},
                "named": {"n": {"$ref": "#/plain"}},
            }
        )
    )
    (tmp_path / "b" / "two.json").write_text(
        json.dumps({"odd/na~me": {"$ref": "#/last"}, "last": {"y": 2, "list": [{"z": 3}]}})
    )
    return Documents(tmp_path)


def test_references_are_followed_from_file_to_file(documents: Documents) -> None:
    """A chain of references is followed to its end, each relative to its own file."""
    last = documents.node("a/one.json").child("two")
    assert (last.file, last.get("y")) == ("b/two.json", 2)
    assert documents.node("a/one.json").child("near").get("x") == 1
    assert documents.node("a/one.json", "plain").referred() is None


def test_what_is_not_there_is_empty(documents: Documents) -> None:
    """A missing part of a document is an empty node."""
    root = documents.node("a/one.json")
    assert root.child("three", "four").value == {}
    assert not list(root.items("three"))
    assert not list(root.members("three"))


def test_members_keep_their_file(documents: Documents) -> None:
    """Members and items of an object can be followed like the object itself."""
    last = documents.node("b/two.json", "last")
    assert [member.value for member in last.members("list")] == [{"z": 3}]
    named = dict(documents.node("a/one.json").items("named"))
    assert named["n"].target().get("x") == 1


def test_a_file_is_read_once(documents: Documents) -> None:
    """A file is read once, and its content is shared."""
    assert documents.load("a/one.json") is documents.load("a/one.json")


def test_a_missing_file_is_told(documents: Documents) -> None:
    """The error about a missing file names it."""
    with pytest.raises(FileNotFoundError, match=r"three\.json"):
        documents.node("a/three.json")
