"""Go's error for a value of the wrong type."""

import pytest

from mockserver.gostd.json_text import Number, Tree
from mockserver.gostd.json_types import Mismatch, mismatch


@pytest.mark.parametrize(
    ("tree", "kind"), [(True, "bool"), ("a", "string"), (Number("1"), "number"), ([], "array"), ((), "object")]
)
def test_the_kind_of_a_value(tree: Tree, kind: str) -> None:
    """A mismatch names the kind of the value that was sent."""
    with pytest.raises(Mismatch) as raised:
        mismatch(tree, "int")
    assert raised.value.text() == f"json: cannot unmarshal {kind} into Go value of type int"


def test_the_place_of_a_mismatch() -> None:
    """The struct is the innermost one, the path begins at the root."""
    raised = Mismatch("string", "int")
    raised.leave("Task", "KillTimeout")
    raised.leave("TaskGroup", "Tasks")
    assert raised.text() == ("json: cannot unmarshal string into Go struct field Task.Tasks.KillTimeout of type int")
