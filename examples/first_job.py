"""Start a mock, register the documentation's example job, and read it back. Needs only this package.

The job in ``binstore-storagelocker.json`` is the page's own, except for the values that a real 0.5.4 agent refuses:
two tasks ask for no memory and lack a log configuration, and one has a field that its driver does not know.
"""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

JOB_FILE = Path(__file__).with_name("binstore-storagelocker.json")


def main() -> None:
    """Start the mock, register the job, read it back, and print each step."""
    mock = subprocess.Popen(
        [sys.executable, "-m", "mockserver", "--port", "0"], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        ready = mock.stdout.readline() if mock.stdout else ""
        print(ready.strip())
        address = ready.split()[2]
        registered = call("PUT", f"{address}/v1/job/binstore-storagelocker", JOB_FILE.read_bytes())
        print(f"registered: evaluation {registered['EvalID']}, job index {registered['JobModifyIndex']}")
        job = call("GET", f"{address}/v1/job/binstore-storagelocker")
        groups = ", ".join(f"{group['Count']} x {group['Name']}" for group in job["TaskGroups"])
        print(f"read back: {job['ID']} ({job['Type']}, {groups}), status {job['Status']}")
    finally:
        mock.terminate()
        mock.wait()


def call(method: str, url: str, body: bytes | None = None) -> Any:
    """Send one request and return the decoded JSON of the reply."""
    with urllib.request.urlopen(urllib.request.Request(url, data=body, method=method)) as reply:
        return json.load(reply)


if __name__ == "__main__":
    main()
