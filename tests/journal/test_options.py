"""The options for the journal and for strict clients."""

import httpx
import pytest

from mockserver import cli
from tests.recorder.test_command import _running


@pytest.mark.slow
def test_what_can_be_set() -> None:
    """The size of the journal and strict clients can be set."""
    with _running("--journal-limit", "1", "--journal-bytes", "5000", "--strict-clients") as (_, url):
        url = url.partition("/__admin")[0]
        assert httpx.get(f"{url}/v1/jobs?wait=1s").status_code == 400
        httpx.get(f"{url}/v1/jobs")
        kept = httpx.get(f"{url}/__admin/journal/count").json()
        assert (kept["count"], kept["limit"], kept["largest"]) == (1, 1, 5000)
        settings = httpx.get(f"{url}/__admin/settings").json()
        assert (settings["strict_clients"], settings["journal_limit"]) == (True, 1)


@pytest.mark.parametrize("option", ["--journal-limit", "--journal-bytes"])
def test_there_is_no_less_than_nothing(option: str) -> None:
    """A negative size is bad usage."""
    with pytest.raises(SystemExit) as left:
        cli.main([option, "-1"])
    assert left.value.code == 2
