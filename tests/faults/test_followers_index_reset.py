"""Indexes that fall."""

import httpx

from mockserver.client import MockClient
from mockserver.testing import example_job


def _indexes(client: httpx.Client) -> list[int]:
    paths = ("jobs", "evaluations", "allocations", "nodes", "job/web", "job/web/summary")
    return [int(client.get(f"/v1/{path}").headers["x-nomad-index"]) for path in paths]


def test_all_indexes_go_back_together(mock: MockClient, client: httpx.Client) -> None:
    """All indexes fall once by the same number, and rise from there."""
    for _ in range(20):
        client.put("/v1/system/reconcile/summaries")
    client.put("/v1/job/web", json={"Job": example_job("web", Priority=70)})
    mock.clock.advance("1s")
    before = _indexes(client)
    mock.fault("index-reset", by=3)
    after = _indexes(client)
    assert max(after) == max(before) - 3
    assert all(new <= old for new, old in zip(after, before, strict=True))
    assert sorted(range(6), key=after.__getitem__) == sorted(range(6), key=before.__getitem__)
    assert client.get("/v1/job/web").json()["Priority"] == 70
    written = client.put("/v1/job/web/evaluate").json()["EvalCreateIndex"]
    assert max(after) < written < max(before)


def test_a_client_that_waits_for_the_old_index_waits_on(mock: MockClient, client: httpx.Client) -> None:
    """A query for the old index ends at its timeout with a lower index, which a client must take for a reset."""
    for _ in range(20):
        client.put("/v1/system/reconcile/summaries")
    client.put("/v1/job/web", json={"Job": example_job("web", Priority=70)})
    index = int(client.get("/v1/job/web").headers["x-nomad-index"])
    mock.clock.real()
    mock.faults.preset("restored-snapshot")
    reply = client.get(f"/v1/job/web?index={index}&wait=10ms")
    assert reply.status_code == 200
    assert int(reply.headers["x-nomad-index"]) < index
