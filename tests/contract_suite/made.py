"""Exchanges and findings made by hand."""

import json
from typing import Any

import httpx

from contract_tests.client.exchange import Exchange
from contract_tests.findings import Ledger


def exchange(
    operation: str = "query",
    reply: Any = None,
    *,
    method: str = "GET",
    status: int | None = 200,
    target: str = "/v1/job/x",
    ledger: Ledger | None = None,
    headers: dict[str, str] | None = None,
    sent: dict[str, str] | None = None,
    body: bytes = b"",
    raw: bytes | None = None,
) -> Exchange:
    """Return an exchange as the client records it; ``reply`` is JSON data, ``raw`` bytes instead of it."""
    return Exchange(
        operation=operation,
        method=method,
        base_url="http://127.0.0.1:4646",
        target=target,
        headers=sent or {},
        body=body,
        status=status,
        reply_headers=httpx.Headers(headers or {}),
        reply_body=json.dumps(reply, separators=(",", ":")).encode() if raw is None else raw,
        seconds=0.01,
        ledger=ledger or Ledger(),
    )
