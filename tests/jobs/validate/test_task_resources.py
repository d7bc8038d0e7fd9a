"""Rules of a task's resources."""

from mockserver.jobs.validate.task import resources_problems
from tests.jobs.validate.parts import a_network, resources, texts


def test_the_least_is_accepted() -> None:
    """Resources at the limits are valid."""
    assert texts(resources_problems(resources(a_network(), CPU=20, MemoryMB=10, IOPS=0))) == []


def test_less_is_refused() -> None:
    """Less is refused; networks are counted from 0 (recording register-invalid-resources)."""
    asked = resources(a_network(), a_network(MBits=0), CPU=19, MemoryMB=9, IOPS=-1)
    assert texts(resources_problems(asked)) == [
        "minimum CPU value is 20; got 19",
        "minimum MemoryMB value is 10; got 9",
        "minimum IOPS value is 0; got -1",
        "network resource at index 1 failed: 1: > minimum MBits value is 1; got 0",
    ]
