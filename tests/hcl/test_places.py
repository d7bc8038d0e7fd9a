"""Where in a text of HCL the parts of its job are found again."""

import pytest

from mockserver.hcl import parse, place_of, registration
from mockserver.hcl.scanner import Place

TEXT = """job "web" {
  datacenters = ["dc1"]
  priority = 60
  meta { a = "1" }
  meta { Name = "2" }
  constraint { distinct_hosts = false }
  constraint { operator = "distinct_hosts" }
  vault { policies = ["p"] }
  group "late" {
    task "inner" {
      driver = "docker"
      config { port_map { http = 80 } args = ["x", "y"] }
      service { check { interval = "5s" } }
      resources { network { port "any" {} port "fix" { static = 80 } } }
    }
  }
  task "alone" {
    driver = "exec"
    constraint { version = "> 1" }
  }
}
"""
_LINES = TEXT.split("\n")


@pytest.mark.parametrize(
    ("way", "line", "there"),
    [
        ((), 1, "job"),
        (("Priority",), 3, "priority"),
        (("Datacenters", 0), 2, "datacenters"),
        (("Region",), 1, "job"),
        (("Meta", "a"), 4, "a ="),
        (("Meta", "Name"), 5, "Name"),
        (("Meta", "b"), 5, "meta"),
        (("Constraints", 0), 7, "constraint"),
        (("Constraints", 0, "Operand"), 7, "operator"),
        (("TaskGroups",), 9, "group"),
        (("TaskGroups", 0), 17, "task"),
        (("TaskGroups", 0, "Tasks", 0, "Driver"), 18, "driver"),
        (("TaskGroups", 0, "Tasks", 0, "Constraints", 0, "RTarget"), 19, "version"),
        (("TaskGroups", 0, "Tasks", 0, "Vault", "Env"), 17, "task"),
        (("TaskGroups", 1, "Name"), 9, "group"),
        (("TaskGroups", 1, "Tasks", 0, "Config", "port_map", 0, "http"), 12, "http"),
        (("TaskGroups", 1, "Tasks", 0, "Config", "args", 1), 12, "args"),
        (("TaskGroups", 1, "Tasks", 0, "Services", 0, "Checks", 0, "Interval"), 13, "interval"),
        (("TaskGroups", 1, "Tasks", 0, "Resources", "Networks", 0, "ReservedPorts", 0, "Value"), 14, "static"),
        (("TaskGroups", 1, "Tasks", 0, "Resources", "Networks", 0, "DynamicPorts", 0), 14, 'port "any"'),
        (("TaskGroups", 2, "Name"), 9, "group"),
    ],
)
def test_a_part_of_the_job_is_found(way: tuple[str | int, ...], line: int, there: str) -> None:
    """A part is found where it is written; what is not written is found at the block that should have it."""
    found = place_of(parse(TEXT), way)
    assert found.line == line
    assert _LINES[line - 1][found.column - 1 :].startswith(there)


def test_every_name_leads_somewhere() -> None:
    """Every field of the registration of a text is found inside of the job."""
    items = parse(TEXT)
    ways = [*_ways(registration(items)["Job"], ())]
    assert len(ways) > 60
    assert all(Place(1, 1) <= place_of(items, way) <= Place(20, 1) for way in ways)


def _ways(value: object, way: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for step, each in inner for found in _ways(each, (*way, step)))]
