"""Read a running cluster: only GET requests, one after the other, on one connection."""

import http.client
import json
import ssl
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from mockserver.origins import server_at
from mockserver.worlds.observed import Observed

_TABLES = {"jobs": "jobs", "evals": "evaluations", "allocs": "allocations", "nodes": "nodes"}
"""The tables of a server, and the paths that list them."""
_NOWHERE = "ffffffff-ffff"
"""No ID begins so: a list of what begins so is empty, and its head tells the index of the table."""
_ATTEMPTS = 3
"""How often a cluster is read that changes meanwhile."""
_PATIENCE = 30
"""Seconds that an answer may take."""
_OK, _GONE = 200, 404


class Unreadable(Exception):
    """The cluster can't be read; the text says why."""


class ClusterReader:
    """Reads one region of the cluster that a server belongs to, in a ``with`` statement."""

    def __init__(self, address: str, region: str | None = None, ca_cert: Path | None = None) -> None:
        try:
            parts = server_at(address)
        except ValueError as error:
            raise Unreadable(str(error)) from None
        self._address = address.rstrip("/")
        self._region = region
        host = parts.hostname or ""
        self._connection = http.client.HTTPConnection(host, parts.port, timeout=_PATIENCE)
        if parts.scheme == "https":
            try:
                trusted = ssl.create_default_context(cafile=ca_cert)
            except OSError as error:
                raise Unreadable(f"cannot use {ca_cert} for TLS: {error.strerror or error}") from None
            self._connection = http.client.HTTPSConnection(host, parts.port, timeout=_PATIENCE, context=trusted)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def observed(self) -> tuple[Observed, bool]:
        """Return the cluster, and whether it is that of one moment; what changes meanwhile is read again, three times.

        A server that does not answer raises ``Unreadable``.
        """
        for _ in range(_ATTEMPTS):
            before = self._indexes()
            objects = self._objects()
            after = self._indexes()
            if before == after:
                break
        region = self._region or self._asked("/v1/agent/self")["config"]["Region"]
        summaries = max((each["ModifyIndex"] for each in objects["summaries"]), default=0)
        return Observed(region=region, indexes={**after, "job_summary": summaries}, **objects), before == after

    def _objects(self) -> dict[str, list[dict[str, Any]]]:
        jobs = self._whole("job", self._asked("/v1/jobs"))
        return {
            "jobs": jobs,
            "summaries": self._whole("job", jobs, "/summary"),
            "evaluations": self._asked("/v1/evaluations"),
            "allocations": self._whole("allocation", self._asked("/v1/allocations")),
            "nodes": self._whole("node", self._asked("/v1/nodes")),
        }

    def _whole(self, noun: str, listed: list[dict[str, Any]], what: str = "") -> list[dict[str, Any]]:
        """Return what each of these has; those that have vanished since they were listed are left out."""
        found = (self._asked(f"/v1/{noun}/{quote(each['ID'], safe='')}{what}") for each in listed)
        return [each for each in found if each is not None]

    def _indexes(self) -> dict[str, int]:
        """Return the index of each table."""
        found = {}
        for table, path in _TABLES.items():
            response, _ = self._exchange(f"/v1/{path}?prefix={_NOWHERE}")
            found[table] = int(response.headers.get("X-Nomad-Index") or 0)
        return found

    def _asked(self, path: str) -> Any:
        """Return the JSON of an answer, None where there is no such thing.

        Raises:
            Unreadable: The answer is neither.
        """
        response, text = self._exchange(path)
        if response.status == _GONE:
            return None
        if response.status != _OK:
            shown = text[:200].decode("utf-8", "replace").strip()
            raise Unreadable(f"{self._address}{path} answers {response.status}: {shown}")
        try:
            return json.loads(text)
        except ValueError:
            raise Unreadable(f"{self._address}{path} answers no JSON: is it a server of Nomad?") from None

    def _exchange(self, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        joint = "&" if "?" in path else "?"
        target = f"{path}{joint}region={quote(self._region, safe='')}" if self._region else path
        try:
            self._connection.request("GET", target)
            response = self._connection.getresponse()
            return response, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unreadable(f"{self._address} does not answer: {error}") from None
