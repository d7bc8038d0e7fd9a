"""``nomad-mock example-job``."""

import json
import urllib.request

import pytest

from mockserver import cli
from mockserver.client import MockClient
from mockserver.example_jobs import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_of_each_kind_runs(mock: MockClient, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    """What is printed can be registered as it stands, loses nothing, and runs, or waits for its launch."""
    assert cli.main(["example-job", kind, "--id", f"my-{kind}"]) == 0
    body = capsys.readouterr().out.encode()
    mock.reset(clock="manual", strict_clients=True)
    urllib.request.urlopen(urllib.request.Request(f"{mock.url}/v1/job/my-{kind}", body, method="PUT")).close()
    mock.clock.advance("500ms")
    explained = mock.explain(f"my-{kind}")
    assert (explained["Status"], explained["level"]) == ("running", "good")


def test_a_service_is_the_usual_example(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a kind the job is a service called ``example``; a misspelt kind is answered with the nearest."""
    assert cli.main(["example-job"]) == 0
    job = json.loads(capsys.readouterr().out)["Job"]
    assert (job["ID"], job["Type"]) == ("example", "service")
    with pytest.raises(SystemExit, match="2"):
        cli.main(["example-job", "periodc"])
    assert "'periodc' is unknown; did you mean periodic?" in capsys.readouterr().err


def test_an_id_that_an_agent_refuses_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """No job is printed that an agent would not take."""
    with pytest.raises(SystemExit):
        cli.main(["example-job", "--id", "a b"])
    assert "'a b' has a space in it" in capsys.readouterr().err
