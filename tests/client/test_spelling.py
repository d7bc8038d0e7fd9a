"""The client of the control plane refuses misspelt words."""

import socket

import pytest

from mockserver.client import EVENTS, MockClient, MockError, NoMock
from mockserver.client.faults_control import PARAMETERS
from mockserver.openapi import load_control
from mockserver.testing import running_mock


def test_events_are_those_of_the_description() -> None:
    """The client, which reads no schemas, knows the kinds and fields of events of the description."""
    schemas = load_control().bundle()["components"]["schemas"]
    described = {
        name.removeprefix("Event-"): set(schema["properties"])
        for name, schema in schemas.items()
        if name.startswith("Event-")
    }
    assert {kind: set(fields) for kind, fields in EVENTS.items()} == described


def test_what_is_misspelt_is_told_before_anything_is_asked() -> None:
    """A misspelt name is refused at once: a wait for it would never end, a count would count everything."""
    with running_mock() as mock:
        with mock.events() as events:
            with pytest.raises(ValueError, match=r"there is no event 'chnage'; did you mean change\?"):
                events.until("chnage")
            with pytest.raises(ValueError, match=r"an event change has no 'regoin'; did you mean region\?"):
                events.until("change", regoin="global")
        with pytest.raises(TypeError, match=r"there is no 'time' to ask requests for; did you mean times\?"):
            mock.assert_called(time=0, operation="register")
        with pytest.raises(TypeError, match=r"there is no 'methd' to ask requests for; did you mean method\?"):
            mock.requests(methd="GET")
        with pytest.raises(TypeError, match=r"there is no 'tiemout' to ask requests for; did you mean timeout\?"):
            mock.requests.wait(tiemout=3)
        with pytest.raises(
            TypeError, match=r"there is no 'status' to ask .*; did you mean mock.requests.list\(status=…"
        ):
            mock.requests(status=503)
        with pytest.raises(TypeError, match=r"None is not a duration, such as '10s' or 10"):
            mock.clock.advance(None)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"there is no 'statuss' to ask requests for; did you mean status\?"):
            mock.requests.list(statuss=200)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match=r"there is no 'limti' to ask requests for; did you mean limit\?"):
            mock.requests.list(limti=1)  # type: ignore[call-arg]


def test_parameters_of_faults_are_those_of_the_description() -> None:
    """The client, which reads no schemas, knows the parameters of all kinds of faults of the description."""
    schemas = load_control().bundle()["components"]["schemas"]
    kinds = [schema for name, schema in schemas.items() if name.startswith("Fault-")]
    assert {name for schema in kinds for name in schema["properties"]} == {"kind", *PARAMETERS}


def test_a_misspelt_limit_of_a_fault_is_refused() -> None:
    """A misspelt limit is not taken for a parameter of the kind."""
    with pytest.raises(TypeError, match=r"there is no 'tiems' for a fault; did you mean times\?"):
        MockClient("http://127.0.0.1:1").fault("status", status=503, tiems=1)


@pytest.mark.parametrize("preset", ["leader-election", "leader-elecion"])
def test_a_preset_is_no_kind_of_fault(preset: str) -> None:
    """Who names a preset as a kind is told how it is added; a misspelt kind is told the nearest kind."""
    with running_mock() as mock:
        with pytest.raises(
            TypeError, match=r"is no kind of fault; did you mean mock.faults.preset\('leader-election'\)"
        ):
            mock.fault(preset)
        with pytest.raises(MockError, match=r'"stale-folower" is unknown; did you mean stale-follower\?'):
            mock.fault("stale-folower")  # there is a preset of this name, too


def test_misspelt_tasks_are_refused() -> None:
    """A misspelt argument is not taken for a task that none is like."""
    with pytest.raises(TypeError, match=r"there is no 'exit_cod' to select tasks by; did you mean exit_code\?"):
        MockClient("http://127.0.0.1:1").tasks.finish(job="web", exit_cod="3")


def test_an_address_that_does_not_answer_is_named() -> None:
    """Where nothing listens, the error names the address and says why."""
    nobody = MockClient("http://127.0.0.1:1")
    for ask in (nobody.health, nobody.events().__enter__):
        with pytest.raises(NoMock, match=r"no mock answers at http://127\.0\.0\.1:1: .*refused"):
            ask()


def test_a_mock_that_is_too_slow_is_named() -> None:
    """Where the mock does not answer in time, the error names the address and the time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TimeoutError, match=f"the mock at {url} did not answer within 0.01 s"):
            MockClient(url, timeout="10ms").health()


def test_what_is_not_json_is_refused() -> None:
    """A value that can't be sent is named."""
    with pytest.raises(TypeError, match="can't be sent to a mock: a set is not JSON"):
        MockClient("http://127.0.0.1:1").fault("status", status=503, body={1})


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        *((url, "write it as http") for url in ("127.0.0.1:4646", "http://", "http://[", "http://x:99999", "ftp://x")),
        ("http://x:4646/v1/jobs", "did you mean http://x:4646\\?"),
    ],
)
def test_an_address_of_a_mock_is_one(url: str, advice: str) -> None:
    """A malformed address, or one with a path, is refused by the constructor, not by the first request."""
    with pytest.raises(ValueError, match=rf"is not the address of a mock: {advice}"):
        MockClient(url)


@pytest.mark.parametrize("duration", [float("nan"), float("inf")])
def test_a_duration_is_finite(duration: float) -> None:
    """An infinite duration is refused before anything is sent."""
    with pytest.raises(ValueError, match="is not a duration"):
        MockClient("http://127.0.0.1:1").clock.advance(duration)
