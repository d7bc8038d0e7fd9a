"""Complete replies with broken content, as clients meet them."""

import gzip
import json
import urllib.request

import httpx
import pytest

from mockserver.client import MockClient
from tests.faults.real_client import nomad_client


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
def test_json_that_ends_in_the_middle(mock: MockClient, client: httpx.Client, accepted: str) -> None:
    """Half a JSON document comes in a reply that HTTP considers complete."""
    mock.fault("malformed-json")
    reply = client.get("/v1/job/web", headers={"Accept-Encoding": accepted})
    assert reply.status_code == 200
    assert int(reply.headers["content-length"]) == len(reply.content)
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_even_the_shortest_body_is_broken(mock: MockClient, client: httpx.Client) -> None:
    """An empty body is replaced by the beginning of JSON."""
    mock.fault("malformed-json", match={"path": "/v1/system/gc"})
    assert client.put("/v1/system/gc").text == "{"


def test_a_real_client_does_not_hide_broken_json(mock: MockClient) -> None:
    """python-nomad passes the decoder's error on."""
    mock.fault("malformed-json")
    with pytest.raises(ValueError, match=r"(?i)expect|unterminated|delimiter|decode"):
        nomad_client(mock).job.get_job("web")


def test_another_content_type(mock: MockClient, client: httpx.Client) -> None:
    """A right body comes with a wrong content type."""
    mock.fault("content-type", value="text/html; charset=utf-8")
    reply = client.get("/v1/job/web")
    assert reply.headers.get_list("content-type") == ["text/html; charset=utf-8"]
    assert reply.json()["ID"] == "web"


def test_gzip_with_a_wrong_checksum(mock: MockClient, client: httpx.Client) -> None:
    """The client's decompression fails."""
    mock.fault("corrupt-gzip")
    with pytest.raises(httpx.DecodingError):
        client.get("/v1/job/web")


def test_gzip_comes_to_who_did_not_ask_for_it(mock: MockClient) -> None:
    """A client that did not ask for gzip gets it, and sees bytes."""
    mock.fault("corrupt-gzip")
    with urllib.request.urlopen(f"{mock.url}/v1/job/web") as reply:
        packed = reply.read()
    assert reply.headers["Content-Encoding"] == "gzip"
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(packed)
