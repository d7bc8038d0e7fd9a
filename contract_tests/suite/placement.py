"""Whether any node can run the suite's tasks, found out before a test waits for it in vain."""

from typing import Any

import httpx

from contract_tests.client import json_body
from contract_tests.client.http import Request
from contract_tests.client.paths import with_query
from contract_tests.suite.settings import Settings

_MOST_NODES = 50


def obstacle(settings: Settings) -> str:
    """Return why no node can run the suite's tasks; "" when one can, or when the server does not tell."""
    try:
        with settings.target.client() as client:

            def read(path: str) -> Any:
                asked = Request("GET", with_query(path, {"region": settings.region}, {}))
                return json_body.parse(client.send(asked, settings.target.timeout).content)

            nodes = read("/v1/nodes")
            here = [one for one in nodes if one["Datacenter"] == settings.datacenter]
            ready = [one for one in here if one["Status"] == "ready" and not one.get("Drain")]
            paths = [f"/v1/node/{one['ID']}" for one in ready[:_MOST_NODES]]
            details = [read(path) for path in paths]
            can = [one for one in details if f"driver.{settings.driver}" in one["Attributes"]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError, AttributeError):
        return ""  # not allowed to ask, or an answer that the statements themselves judge
    if not here:
        others: list[Any] = sorted({str(one["Datacenter"]) for one in nodes})
        return f"no node is in datacenter {settings.datacenter!r}: {_known(others)}; see --datacenter"
    if not ready:
        return f"no node in datacenter {settings.datacenter!r} is ready and takes work"
    if not can:
        return f"no node in datacenter {settings.datacenter!r} has the driver {settings.driver!r}; see --driver"
    return ""


def _known(datacenters: list[str]) -> str:
    return f"there are {', '.join(datacenters)}" if datacenters else "there are no nodes"
