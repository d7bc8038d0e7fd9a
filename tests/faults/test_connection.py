"""Broken connections and trickling bytes, over real sockets."""

from typing import Any

import httpx
import pytest
import requests

from mockserver.client import MockClient
from tests.faults.asking import Meanwhile
from tests.faults.real_client import nomad_client


@pytest.mark.parametrize(("reset", "error"), [(False, httpx.RemoteProtocolError), (True, httpx.ReadError)])
def test_a_connection_ends_without_an_answer(
    mock: MockClient, client: httpx.Client, reset: bool, error: type[Exception]
) -> None:
    """A connection is closed or reset without a reply, and the next one works."""
    mock.fault("drop", reset=reset, times=1)
    with pytest.raises(error):
        client.get("/v1/job/web")
    assert client.get("/v1/job/web").status_code == 200
    dropped = mock.requests(operation="query")[0]
    assert (dropped["status"], dropped["pending"], dropped["faults"]) == (None, False, ["drop"])


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_write_whose_answer_is_lost(mock: MockClient, client: httpx.Client, carried_out: bool) -> None:
    """A write is carried out, but its reply is lost, so the client can't know."""
    mock.fault("drop", carried_out=carried_out)
    with pytest.raises(httpx.RemoteProtocolError):
        client.delete("/v1/job/web")
    mock.faults.clear()
    assert (client.get("/v1/job/web").status_code == 404) is carried_out


def test_a_real_client_sees_a_connection_error(mock: MockClient) -> None:
    """python-nomad raises a connection error."""
    mock.fault("drop", reset=True)
    with pytest.raises((requests.exceptions.ConnectionError, Exception), match=r"(?i)connection"):
        nomad_client(mock).job.get_job("web")


@pytest.mark.parametrize(("size", "received"), [(100, 100), (None, None), (1_000_000, None), (0, 0)])
@pytest.mark.parametrize("path", ["/v1/job/web", "/v1/nodes"])
def test_an_answer_ends_in_the_middle(
    mock: MockClient, client: httpx.Client, path: str, size: int | None, received: int | None
) -> None:
    """The client gets a part of the reply, and notices that it is incomplete."""
    whole = client.get(path, headers={"Accept-Encoding": "identity"}).content
    parameters: dict[str, Any] = {} if size is None else {"bytes": size}
    mock.fault("half-sent", **parameters)
    came: list[bytes] = []
    with pytest.raises(httpx.RemoteProtocolError):
        _read_into(came, client, path)
    received_bytes = b"".join(came)
    assert whole.startswith(received_bytes)
    assert len(received_bytes) == received if received is not None else 0 < len(received_bytes) < len(whole)


def _read_into(came: list[bytes], client: httpx.Client, path: str) -> None:
    with client.stream("GET", path, headers={"Accept-Encoding": "identity"}) as reply:
        assert reply.status_code == 200
        came.extend(reply.iter_raw())


def test_bytes_trickle(mock: MockClient, client: httpx.Client) -> None:
    """A piece comes each time the clock moves on, until the whole body is there."""
    whole = client.get("/v1/job/web", headers={"Accept-Encoding": "identity"}).content
    mock.fault("dribble", bytes=len(whole) // 3 + 1, pause="1s")
    with client.stream("GET", "/v1/job/web", headers={"Accept-Encoding": "identity"}) as reply:
        parts = reply.iter_raw()
        came = []
        for _ in range(3):
            mock.clock.advance("1s")
            came.append(next(parts))
        assert (list(parts), b"".join(came)) == ([], whole)


def test_a_client_with_little_patience_gives_up_on_trickling_bytes(mock: MockClient, client: httpx.Client) -> None:
    """A client whose time-out is shorter than the gap between bytes gives up."""
    mock.fault("dribble", pause="1s")
    with pytest.raises(httpx.ReadTimeout):
        client.get("/v1/job/web", timeout=0.2)


def test_what_waits_for_the_clock_is_let_go_when_the_world_ends(mock: MockClient, client: httpx.Client) -> None:
    """When the world ends, the rest of a trickling reply is sent at once."""
    mock.fault("dribble", bytes=100, pause="1h")
    asked = Meanwhile(lambda: client.get("/v1/job/web"))
    mock.requests.wait(operation="query")
    mock.reset()
    assert asked.result().json()["ID"] == "web"
