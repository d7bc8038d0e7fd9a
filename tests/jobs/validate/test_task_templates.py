"""Rules of templates."""

from mockserver.jobs.validate.task import templates_problems
from tests.jobs.validate.parts import a_template, texts


def test_templates_that_are_accepted() -> None:
    """A template has a source or a text, a mode, and a signal where the mode needs one."""
    templates = [
        a_template(),
        a_template(DestPath="b", EmbeddedTmpl="", SourcePath="x", ChangeMode="noop"),
        a_template(DestPath="c", ChangeMode="signal", ChangeSignal="SIGHUP", Splay=5),
    ]
    assert texts(templates_problems(templates)) == []


def test_everything_wrong_with_one_template() -> None:
    """Problems come in an agent's order (recording register-invalid-template)."""
    bad = a_template(EmbeddedTmpl="", DestPath="../../x", ChangeMode="", Splay=-1)
    assert texts(templates_problems([bad])) == [
        "Template 1 validation failed: 4: > Must specify a source path or have an embedded template "
        "> destination escapes allocation directory "
        "> Invalid change mode. Must be one of the following: noop, signal, restart "
        "> Must specify positive splay value"
    ]


def test_a_signal_and_a_destination_are_needed() -> None:
    """A template needs a destination, and for the mode ``signal`` a signal."""
    bad = a_template(DestPath="", ChangeMode="signal")
    assert texts(templates_problems([bad])) == [
        "Template 1 validation failed: 2: > Must specify a destination for the template "
        "> Must specify signal value when change mode is signal"
    ]


def test_the_first_with_a_destination_is_named() -> None:
    """Each duplicate destination names the first template that has it."""
    assert texts(templates_problems([a_template(), a_template(), a_template()])) == [
        "Template 2 has same destination as 1",
        "Template 3 has same destination as 1",
    ]
