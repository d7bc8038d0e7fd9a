"""What becomes of the values of a saved world that is read again."""

from typing import Any

from mockserver.gostd.numbers import Float64
from mockserver.worlds.kept_values import keep_values


def test_every_number_of_a_configuration_is_a_float64() -> None:
    """Numbers of a configuration become ``float64``, however they are written; truth values stay what they are."""
    document: dict[str, Any] = {"Config": {"a": 1, "b": [0.5, True, {"c": 7}]}, "Priority": 50}
    keep_values(document)
    numbers = [document["Config"]["a"], document["Config"]["b"][0], document["Config"]["b"][2]["c"]]
    assert numbers == [1, 0.5, 7]
    assert {type(number) for number in numbers} == {Float64}
    assert document["Config"]["b"][1] is True
    assert type(document["Priority"]) is int
