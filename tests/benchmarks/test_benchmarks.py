"""The benchmarks run, and their results are shown. The results themselves are never asserted."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import __main__ as command
from benchmarks import (
    agent,
    allocations,
    contention,
    scale,
    spaces,
    start,
    throughput,
    verdicts,
    waking,
    wrong_servers,
)
from benchmarks.measurement import Aim, Measurement, compared, limited, table
from benchmarks.plot import svg

pytestmark = pytest.mark.slow


def _names(measurements: list[Measurement]) -> set[str]:
    """Return the names of the results, each checked to be a sound number."""
    for one in measurements:
        assert one.low <= one.ratio <= one.high
        assert one.value > 0 or one.name.startswith("memory")
    return {one.name for one in measurements}


def test_throughput_runs() -> None:
    """Three kinds of requests are measured, each by wall clock and by processor time."""
    assert len(_names(throughput.measure(rounds=1, reads=50, writes=20, connections=2))) == 12


def test_start_runs() -> None:
    """The start of a process and of a fresh state is measured."""
    names = _names(start.measure(rounds=1, jobs=2))
    assert names >= {"process start to first answer", "a fresh state in place of one with 2 jobs"}


def test_spaces_run() -> None:
    """Spaces are made, and some of them are asked at the same time."""
    assert len(_names(spaces.measure(spaces=3, busy=2, rounds=1, requests=3))) == 3


def test_without_an_agent_nothing_is_compared_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without ``nomad`` of the right version on PATH has no measurements beside an agent."""
    monkeypatch.setenv("PATH", "")
    assert agent.measure() == []


def test_requests_of_a_kind_differ_where_they_say_so() -> None:
    """Plans and new jobs are each another request; those that are the same again are the same bytes."""
    made = {kind.name: [*kind.make(3), *kind.make(3)] for kind in agent.kinds()}
    different = {name: len(set(requests)) for name, requests in made.items() if len(set(requests)) > 1}
    assert different == {
        "a read that no other request is like, job": 3,
        "plan with Diff, another image each time": 6,
        "register a new job": 6,
    }


def test_a_picture_has_a_bar_for_each() -> None:
    """Each ratio has a bar with its number, also one beyond the ends of the scale; one that misses its aim is red."""
    drawn = svg([limited("a < b", "s", [0.6], 0.5), compared("far", "s", [5000], "b", [1])], "now & here")
    root = ET.fromstring(drawn)
    bars = [each.get("class") for each in root.iter("{http://www.w3.org/2000/svg}rect")]
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert bars == ["bad", "bar"]
    assert {"now & here", "a < b / limit", "1.2", "5e+03"} <= set(texts)


def test_waking_runs() -> None:
    """Every client that waits for the change is answered, and no other."""
    assert len(_names(waking.measure(rounds=1, queries=5))) == 3


@pytest.mark.exhaustive
def test_wrong_servers_runs() -> None:
    """A check of each, beside one of the mock."""
    names = _names(wrong_servers.measure(["null"], options=["--only", "job.summary.*"]))
    (name,) = names
    assert name.startswith("null (answers everything with null), exit status 1; ")


def test_verdicts_are_compared() -> None:
    """A statement that fails in one of two checks only is told; another kind of not failing is no difference."""
    usual = {"a": ("fail", ""), "b": ("skip", "x"), "c": ("fail", "")}
    patient = {"a": ("fail", ""), "b": ("pass", ""), "c": ("skip", "y")}
    assert verdicts.differences(usual, patient) == ["c: fail ; with unlimited patience skip y"]


@pytest.mark.exhaustive
def test_verdicts_do_not_depend_on_patience() -> None:
    """Here on a server that never keeps the check waiting."""
    assert verdicts.main(["null"]) == 0


def test_scale_runs() -> None:
    """Memory, four kinds of requests and registrations are measured, without a node and with one."""
    assert len(_names(scale.measure(sizes=(10, 30), chunk=1))) == 2 * 7


def test_allocations_runs() -> None:
    """Placements, plans and turns, a queue, a state that goes out and in again, and fresh worlds are measured."""
    names = _names(allocations.measure(jobs=3, few=1, waiting=2, queue=10, chunk=1, worlds=2))
    assert len(names) == 4 + 1 + 3 + 2


def test_ratios_are_taken_round_by_round() -> None:
    """A ratio compares measurements of one round, so that a slow moment of the machine cancels out."""
    one = compared("read", "requests/s", [60, 6, 66], "constant", [100, 10, 100], Aim(at_least=0.6))
    assert (one.value, one.peer_value, one.ratio, one.low, one.high) == (60, 100, 0.6, 0.6, 0.66)
    assert one.reached


def test_a_limit_is_reached_below_it() -> None:
    """The ratio to the limit is at most 1."""
    assert limited("start", "s", [0.4, 0.3], 0.5).reached
    assert limited("start", "s", [0.6], 0.5).reached is False


def test_the_table_has_a_line_for_each() -> None:
    """Each result has a line with its goal and whether it was reached."""
    header, _, *lines = table([limited("start", "s", [0.6], 0.5), compared("a", "s", [1200], "b", [1])]).splitlines()
    assert [cell.strip() for cell in header.split("|")[1:-1]][:2] == ["measured", "value"]
    assert [cell.strip() for cell in lines[0].split("|")[1:-1]] == [
        *("start", "0.6 s", "limit", "0.5 s", "1.2", "", "<= 1", "NO"),
    ]
    assert [cell.strip() for cell in lines[1].split("|")[1:-1]] == ["a", "1,200 s", "b", "1 s", "1,200", "", "", ""]


def test_the_command_runs_what_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints a table and writes the same as JSON."""
    monkeypatch.setitem(command.BENCHMARKS, "start", lambda: [limited("start", "s", [0.25], 0.5)])
    command.main(["start", "--json", str(tmp_path / "results.json"), "--plot", str(tmp_path / "results.svg")])
    assert "| start " in capsys.readouterr().out
    (result,) = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert result["ratio"] == 0.5
    assert "start / limit" in (tmp_path / "results.svg").read_text("utf-8")
    with pytest.raises(SystemExit, match="2"):
        command.main(["unknown"])


def test_contention_is_that_of_the_slower_process() -> None:
    """Of the processes that test side by side only the one that was kept longest counts."""
    told = [contention.Share(tests=True, queued=one) for one in (3.0, 5.0)]
    assert contention.contention([contention.Share(tests=False, queued=1.0), *told]) == 6.0
    assert contention.contention([]) == 0.0
