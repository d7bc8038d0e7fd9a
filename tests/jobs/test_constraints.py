"""Whether values meet constraints."""

import pytest

from mockserver.jobs.constraints import satisfied


@pytest.mark.parametrize(
    ("left", "operand", "right"),
    [
        *(("linux", equal, "linux") for equal in ("=", "==", "is")),
        *(("linux", unequal, "Linux") for unequal in ("!=", "not")),
        ("10", "<", "9"),
        ("a", "<=", "a"),
        ("b", ">", "a"),
        ("é", ">=", "z"),
        ("0.6.1", "version", ">= 0.6.1, < 1"),
        ("3.10.0-generic", "regexp", r"^3\.\d+"),
        ("SIGHUP, SIGINT ,SIGUSR1", "set_contains", "SIGINT,SIGHUP"),
        ("a,,b", "set_contains", ""),
        ("anything", "distinct_hosts", ""),
    ],
)
def test_kept(left: str, operand: str, right: str) -> None:
    """Text is compared as text; sets are lists with commas."""
    assert satisfied(operand, left, right)


@pytest.mark.parametrize(
    ("left", "operand", "right"),
    [
        ("linux", "=", "windows"),
        ("linux", "not", "linux"),
        ("9", "<", "10"),
        ("b", "<=", "a"),
        ("a", ">", "a"),
        ("a", ">=", "b"),
        ("0.6.0", "version", ">= 0.6.1"),
        ("not a version", "version", ">= 0.6.1"),
        ("1.0", "version", "not a constraint"),
        ("linux", "regexp", "^x"),
        ("linux", "regexp", "("),
        ("a", "set_contains", "a,b"),
        ("a", "set_contains", ""),
        ("a", "contains", "a"),
        ("a", "", "a"),
    ],
)
def test_broken(left: str, operand: str, right: str) -> None:
    """An operand that can't be read or is unknown is not met."""
    assert not satisfied(operand, left, right)
