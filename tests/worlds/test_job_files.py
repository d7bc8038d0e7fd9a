"""Jobs that are loaded at the start."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.random_source import RandomSource
from mockserver.openapi import load_contract
from mockserver.worlds.job_files import LoadError, load_jobs, register_jobs
from tests.builders import a_job


@pytest.fixture
def cluster() -> Cluster:
    """An empty region."""
    return Cluster(region="global", clock=ManualClock(), ids=RandomSource(1))


def _write(path: Path, document: Any) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def test_files_and_folders_are_loaded(tmp_path: Path, cluster: Cluster) -> None:
    """Bare jobs, registrations and lists, the files of a folder by name; nothing is registered yet."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    _write(folder / "2.json", {"job": a_job(ID="second")})
    _write(folder / "1.json", a_job(ID="first"))
    _write(folder / "3.json", [a_job(ID="fourth"), {"Job": a_job(ID="fifth")}])
    _write(folder / "notes.txt", "no job")
    single = _write(tmp_path / "single.nomad", {"Job": a_job(ID="third"), "Region": "ignored"})
    before = cluster.state.index
    jobs = load_jobs([folder, single], load_contract(), cluster)
    assert [job["ID"] for job in jobs] == ["first", "second", "fourth", "fifth", "third"]
    assert cluster.state.index == before
    register_jobs(jobs, cluster)
    assert cluster.state.job("third") is not None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "not JSON: Expecting property name"),
        ("[]", "json: cannot unmarshal array into Go value of type structs.JobRegisterRequest"),
        ({"Job": None}, "Job must be specified"),
        (a_job(Priority=0), "1 error(s) occurred:\n\n* Job priority must be between [1, 100]"),
        ({**a_job(), "Priority": "high"}, "json: cannot unmarshal string into Go"),
    ],
)
def test_a_job_that_an_agent_would_refuse_is_refused(
    tmp_path: Path, cluster: Cluster, document: Any, reason: str
) -> None:
    """The error names the file and gives the agent's reason."""
    path = _write(tmp_path / "bad.json", document)
    with pytest.raises(LoadError) as refused:
        load_jobs([path], load_contract(), cluster)
    assert str(refused.value).startswith(f"{path}: {reason}")


def test_a_path_with_nothing_to_load(tmp_path: Path, cluster: Cluster) -> None:
    """A missing file and a folder without JSON are errors, not silence."""
    for path, reason in ((tmp_path / "missing.json", "No such file or directory"), (tmp_path, "no \\*.json file")):
        with pytest.raises(LoadError, match=reason):
            load_jobs([path], load_contract(), cluster)
