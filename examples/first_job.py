"""Start a mock, run a job on it, and ask why another one waits. Needs only this package.

The job that waits, ``binstore-storagelocker.json``, is the documentation page's own, except for the values that a real
0.5.4 agent refuses: two tasks ask for no memory and lack a log configuration, and one has a field that its driver does
not know.
"""

import json
import urllib.request
from pathlib import Path
from typing import Any

from mockserver.testing import example_job, running_mock

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy knows the mock on this machine
PAGES_OWN = Path(__file__).with_name("binstore-storagelocker.json")


def main() -> None:
    """Start the mock, register both jobs as any client does, and print what becomes of them."""
    with running_mock(clock="manual") as mock:
        print(f"mock: {mock.address}")
        call("PUT", f"{mock.address}/v1/job/example", {"Job": example_job("example", count=2)})
        call("PUT", f"{mock.address}/v1/job/binstore-storagelocker", json.loads(PAGES_OWN.read_bytes()))
        mock.clock.advance("1s")
        for allocation in call("GET", f"{mock.address}/v1/job/example/allocations"):
            print(f"{allocation['Name']} is {allocation['ClientStatus']}")
        job = call("GET", f"{mock.address}/v1/job/binstore-storagelocker")
        print(f"{job['ID']} is {job['Status']}: {mock.why(job['ID'])}")


def call(method: str, url: str, body: Any = None) -> Any:
    """Send one request and return the decoded JSON of the reply."""
    data = None if body is None else json.dumps(body).encode()
    with DIRECT.open(urllib.request.Request(url, data, method=method)) as reply:
        return json.load(reply)


if __name__ == "__main__":
    main()
