"""Configurations of drivers."""

from typing import Any

import pytest

from mockserver.jobs.validate.drivers import DRIVERS, MOCK_DRIVER, STANDARD_DRIVERS, config_problems, driver_named
from tests.jobs.validate.parts import texts


def test_every_standard_driver_is_described() -> None:
    """Every standard driver has a schema; the mock driver of test builds has one too."""
    assert DRIVERS.keys() == {*STANDARD_DRIVERS, MOCK_DRIVER}


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("exec", {"command": "a", "args": [1, None, {}]}),
        ("exec", {"command": "a", "args": None}),
        ("java", {}),
        ("docker", {"image": "a", "privileged": False, "shm_size": 5.5, "port_map": [{"db": 1}]}),
        (MOCK_DRIVER, {"anything": {"at": "all"}}),
        ("not described", {"anything": 1}),
    ],
)
def test_configurations_that_are_accepted(name: str, config: dict[str, Any]) -> None:
    """Null fits every type, any number is an integer, and elements of arrays are not checked."""
    assert texts(config_problems(driver_named(name), config)) == []


@pytest.mark.parametrize(
    ("name", "config", "problems"),
    [
        ("exec", {}, ['field "command" is required']),
        ("exec", {"command": ""}, ['field "command" is required, but no value was found']),
        ("exec", {"command": None}, ['field "command" is required, but no value was found']),
        ("exec", {"command": 5}, ['field "command" with input %!q(float64=5) doesn\'t seem to be of type string']),
        (
            "exec",
            {"zz": 1, "command": ["a", 1, None, True], "args": {"b": 1e8, "a": []}},
            [
                'field "args" with input map["a":[] "b":%!q(float64=1e+08)] doesn\'t seem to be of type array',
                'field "command" with input ["a" %!q(float64=1) <nil> %!q(bool=true)] '
                "doesn't seem to be of type string",
                '"zz" is an invalid field',
            ],
        ),
        (
            "docker",
            {"image": "a", "privileged": "true", "shm_size": "5", "tty": 1},
            [
                'field "privileged" with input "true" doesn\'t seem to be of type boolean',
                'field "shm_size" with input "5" doesn\'t seem to be of type integer',
                'field "tty" with input %!q(float64=1) doesn\'t seem to be of type boolean',
            ],
        ),
        (
            "docker",
            {"image": "a", "shm_size": True},
            ['field "shm_size" with input %!q(bool=true) doesn\'t seem to be of type integer'],
        ),
    ],
)
def test_other_configurations(name: str, config: dict[str, Any], problems: list[str]) -> None:
    """Problems come in the alphabetical order of fields (recording register-invalid-driver)."""
    assert texts(config_problems(driver_named(name), config)) == problems
