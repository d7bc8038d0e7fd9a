"""The generated types of Nomad's objects."""

from pathlib import Path

import pytest

import mockserver
from mockserver import nomad_types
from mockserver.openapi import typed_dicts


def test_the_types_are_current() -> None:
    """The generated file in the repository is current."""
    written = Path(mockserver.__file__).with_name("nomad_types.py").read_text(encoding="utf-8")
    assert written == typed_dicts.source()


def test_parts_that_are_stored_as_they_were_sent_have_one_type() -> None:
    """A constraint has one type, as sent and as stored; a task has two, for defaults are filled in."""
    assert nomad_types.SubmittedTask.__annotations__["Constraints"] == nomad_types.Task.__annotations__["Constraints"]
    assert str(nomad_types.SubmittedTask.__annotations__["Resources"]) != str(
        nomad_types.Task.__annotations__["Resources"]
    )
    assert not hasattr(nomad_types, "SubmittedConstraint")


def test_the_command_says_when_they_are_not_current(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command exits with 1 when the file is not current, and writes it with --write."""
    target = tmp_path / "nomad_types.py"
    target.write_text("")
    monkeypatch.setattr(typed_dicts, "_TARGET", target)
    assert typed_dicts.main([]) == 1
    assert typed_dicts.main(["--write"]) == 0
    assert typed_dicts.main([]) == 0
