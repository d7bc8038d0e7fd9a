"""What an attack notices, each shown by a mock that was broken for it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from starlette.responses import Response

from mockserver.admin import app as admin_app
from mockserver.cluster.changed_parts import ChangedParts
from mockserver.cluster.state import State
from mockserver.http import endpoint
from mockserver.operations import ASKS
from mockserver.worlds import loading as of_worlds
from tests.attack import loading, processes
from tests.attack.__main__ import main
from tests.attack.loop import MeasuredLoop
from tests.attack.playing import Played, play
from tests.attack.processes import alone, attack
from tests.attack.report import Report
from tests.attack.steps import Export, ImportChanged, JobFile, Life, Request, Restart, Step, Together, Wire
from tests.attack.verdicts import STALL, Fault
from tests.builders import a_job

pytestmark = pytest.mark.slow

REGISTER = Request("PUT", "/v1/job/j", body=json.dumps({"Job": a_job()}).encode())
LEADER = Request("GET", "/v1/status/leader")
NEVER = 1e9
"""Seconds that no turn of a loop takes."""


def a_life(*steps: Step, stall: float = NEVER) -> Life:
    """Return a life of these steps."""
    return Life("1/1", 1, ("global",), False, False, tuple(steps), stall)


def fault_of(*steps: Step, stall: float = NEVER) -> Fault:
    """Return the fault that the last of these steps shows."""
    played = play(a_life(*steps, stall=stall))
    assert played.inputs == len(steps)
    assert played.fault is not None
    return played.fault


def leader(monkeypatch: pytest.MonkeyPatch, does: Callable[[], object]) -> None:
    """Replace the operation that names the leader."""
    monkeypatch.setitem(ASKS, "status-leader", lambda *_arguments: does())


def fail() -> NoReturn:
    """Raise an exception, as no operation ever should."""
    raise ZeroDivisionError


def dawdle() -> NoReturn:
    """Keep the processor busy longer than any limit set here, until the loop's timer has rung."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, MeasuredLoop)
    until = time.thread_time() + 0.2
    while time.thread_time() < until or not loop._rung:
        pass
    fail()


def test_a_sound_mock_has_no_fault() -> None:
    """Requests, an export, a mutated import and restarts show no fault of a sound mock."""
    waiting = Request("GET", "/v1/job/j?index=1000&region=global")
    steps: tuple[Step, ...] = (
        REGISTER,
        waiting,
        LEADER,
        LEADER,
        LEADER,
        Export("1m"),
        Restart(killed=True),
        Restart(killed=False),
        Together((LEADER, REGISTER, waiting)),
        JobFile("job.nomad", b'job "a" { task "t" { driver = "exec" config { command = "x" } } }'),
        JobFile("job.json", b'{"Job": {"ID": "a"}}'),
    )
    allocation = Request("GET", "/v1/allocation/{allocation:3}", body=b"{job:0}", pieces=3)
    served = Wire((b"GET /v1/job", b"s HTTP/1.1\r\nHost: x\r\n\r\n"))
    for life in (a_life(*steps, allocation, ImportChanged(4)), a_life(served, Wire((b"FOO",), shut=True))):
        played = play(life)
        assert played == Played(len(life.steps), played.longest, None)


def test_a_file_that_is_not_judged_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that fails is found, and so is a start that fails without saying what is wrong with the file."""
    file = JobFile("job.nomad", b'job "a" {}')
    monkeypatch.setattr(loading, "judge", lambda *_arguments, **_named: fail())
    assert fault_of(file).kind == "a file that can't be judged"
    monkeypatch.undo()
    monkeypatch.setattr(of_worlds, "read_file", lambda _path: fail())
    assert fault_of(file).kind == "it does not start"


def test_clients_that_wait_too_many_leave() -> None:
    """When too many clients wait, the oldest leaves, and the mock lets it go."""
    waiting = Request("GET", "/v1/job/j?index=1000")
    assert play(a_life(REGISTER, *[waiting] * 9)).fault is None


def test_an_exception_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception is found by the 500 and the log; over a connection by the log alone."""
    leader(monkeypatch, fail)
    fault = fault_of(REGISTER, LEADER)
    assert (fault.kind, fault.where) == ("a 500 of its own making", "GET /v1/status/leader")
    assert "test_playing.py:fail" in fault.text
    over_connection = Wire((b"GET /v1/status/leader HTTP/1.1\r\nHost: x\r\n\r\n",))
    assert fault_of(over_connection).kind == "an error in the log"


def test_an_exception_out_of_the_application_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nothing in the mock catches is found."""
    monkeypatch.setattr(admin_app, "refusal", lambda *_arguments: fail())
    fault = fault_of(Request("GET", "/__admin/nothing"))
    assert (fault.kind, fault.where) == ("an exception out of the application", "test_playing.py:fail")


def test_a_stall_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that takes too long is found, and the report says what it did."""
    leader(monkeypatch, dawdle)
    monkeypatch.setattr(endpoint, "_log", endpoint._log.getChild("unheard"))
    monkeypatch.setattr("tests.attack.verdicts._OURS", ())
    monkeypatch.setattr(endpoint._log, "propagate", False)
    fault = fault_of(REGISTER, LEADER, stall=0.1)
    assert (fault.kind, fault.where, fault.key) == (STALL, "GET /v1/status/leader", f"{STALL} | GET /v1/status/leader")
    assert "http/endpoint.py:_ask" in fault.text


def test_what_a_restart_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that was not stored is found."""
    monkeypatch.setattr(ChangedParts, "note_all", lambda *_arguments: None)
    fault = fault_of(REGISTER, Restart(killed=True))
    assert fault.kind == "other answers after restart"


def test_what_an_export_leaves_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that comes back changed, is refused, or is not handed out is found."""
    restore = admin_app._HANDLERS["import-state"]

    async def forget(call: Any) -> Any:
        call.body["regions"][0]["state"] |= {"jobs": [], "summaries": []}
        return await restore(call)

    async def spoil(_call: Any) -> Any:
        return Response('{"for": 1}', media_type="application/json")

    async def refuse(_call: Any) -> Any:
        return Response("no", 400)

    handlers = dict(admin_app._HANDLERS)
    monkeypatch.setattr(admin_app, "_HANDLERS", handlers)
    handlers["import-state"] = forget
    assert fault_of(REGISTER, Export("0s")).kind == "other answers after export"
    handlers |= {"import-state": restore, "export-state": spoil}
    assert fault_of(REGISTER, Export("0s")).kind == "an exported state is refused"
    handlers["export-state"] = refuse
    assert fault_of(REGISTER, Export("0s")).kind == "a state that can't be exported"


def test_an_answer_that_is_kept_too_long_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is given again although it is out of date is found."""
    monkeypatch.setattr(State, "is_at", lambda *_arguments: True)
    head = b"PUT /v1/job/j HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(REGISTER.body)
    fault = fault_of(Wire((b"GET /v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n",)), Wire((head + REGISTER.body,)))
    assert fault.kind == "another answer to the same request"


def test_a_reply_that_is_no_json_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Malformed JSON in a reply is found, and so is a refusal of the control plane without its form."""
    handlers = dict(admin_app._HANDLERS)
    monkeypatch.setattr(admin_app, "_HANDLERS", handlers)

    async def half(_call: Any) -> Any:
        return Response("{", media_type="application/json")

    async def other(_call: Any) -> Any:
        return Response('{"error": 5}', 400, media_type="application/json")

    handlers["get-clock"] = half
    assert fault_of(Request("GET", "/__admin/clock")).kind == "a reply that is no JSON"
    handlers["get-clock"] = other
    assert fault_of(Request("GET", "/__admin/clock")).kind == "a refusal that is not as described"


def test_a_process_that_dies_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies or does not end in time is found, and other lives go on."""
    leader(monkeypatch, lambda: os._exit(3))
    assert alone(a_life(LEADER)).fault == Fault("the process dies", "the whole process", "exit status 3")
    leader(monkeypatch, lambda: time.sleep(60))
    fault = alone(a_life(LEADER), 0.2).fault
    assert fault is not None
    assert fault.kind == "a life that does not end"


def test_a_fault_is_told_with_the_steps_that_show_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault is reported once, with the command that repeats it, and the exit status is 1."""
    leader(monkeypatch, fail)
    monkeypatch.setattr(processes, "lives", lambda *_arguments: iter([a_life(REGISTER, LEADER)] * 3))
    monkeypatch.setattr("tests.attack.report.life", lambda *_arguments: a_life(REGISTER, LEADER))
    monkeypatch.setattr(sys, "argv", ["attack", "--inputs", "4", "--stall", "1e9", "--seed", "1"])
    assert main() == 1
    said = capsys.readouterr().out
    assert "1 kinds of faults" in said
    assert "times: a 500 of its own making at GET /v1/status/leader" in said
    steps = "nomad-mock --strict --clock manual --seed 1 --nodes 1\n" + str(LEADER)
    assert said.endswith(f"{steps}\n4 inputs of seed 1 in all: 1 fault that shows again\n")


def test_an_attack_goes_on_after_a_process_died(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a worker died, a new process plays its next life."""
    names = [Life(f"1/{number}", 1, ("global",), False, False, (LEADER,)) for number in range(4)]
    monkeypatch.setattr(processes, "lives", lambda _seed, first, _step: iter(names[first:]))

    def die_once(life: Life) -> Played:
        return os._exit(4) if life.name == "1/1" else Played(1, 0.0, None)

    monkeypatch.setattr(processes, "play", die_once)
    lived = list(attack(1, 1, 60, 3, 1))
    assert [each.number for each in lived] == [0, 1, 2, 3]
    assert [each.played.fault is None for each in lived] == [True, False, True, True]


def test_a_fault_that_does_not_come_again_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A fault that can't be repeated counts, unless it is a stall, which may be the machine's."""
    for kind, count in (("the process dies", 1), (STALL, 0)):
        report = Report(1, NEVER, 1)
        report.add(processes.Lived(0, Played(1, 0.1, Fault(kind, "somewhere", "once")), 10))
        assert report.tell_faults() == count
        assert "not seen again" in capsys.readouterr().out


def test_a_reply_that_a_fault_spoilt_is_no_fault_of_the_mock() -> None:
    """A reply is not judged when it met a fault, even one that ended with it."""
    body = json.dumps({"times": 1, "fault": {"kind": "malformed-json"}}).encode()
    assert play(a_life(REGISTER, Request("POST", "/__admin/faults", body=body), LEADER)).fault is None
