"""Jobs loaded at the start."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.random_source import RandomSource
from mockserver.nomad_types import SubmittedJob
from mockserver.settings import Settings
from mockserver.worlds.job_files import LoadError, UnknownFields, files, job_of, jobs_of, read_file, register_jobs
from mockserver.worlds.loading import fresh_world
from tests.builders import a_group, a_job, a_task


@pytest.fixture
def cluster() -> Cluster:
    """Return an empty region."""
    return Cluster(region="global", clock=ManualClock(), ids=RandomSource(1))


def _write(path: Path, document: Any) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def _load(cluster: Cluster, *paths: Path) -> list[SubmittedJob]:
    return [job for path in paths for file in files(path) for job in jobs_of(file, read_file(file), cluster)]


def test_files_and_folders_are_loaded(tmp_path: Path, cluster: Cluster) -> None:
    """Bare jobs, registrations, lists, and the files of a folder by name are read; nothing is registered yet."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    _write(folder / "2.json", {"job": a_job(ID="second")})
    _write(folder / "1.json", a_job(ID="first"))
    _write(folder / "3.json", [a_job(ID="fourth"), {"Job": a_job(ID="fifth")}])
    _write(folder / "notes.txt", "no job")
    single = _write(tmp_path / "single.nomad", {"Job": a_job(ID="third"), "Region": "ignored"})
    before = cluster.state.index
    jobs = _load(cluster, folder, single)
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
        (f'{{"ID": {"[" * 400}{"]" * 400}}}', "a job may not nest deeper than 300 levels in this mock"),
        (a_job(Priority=0), "1 error(s) occurred:\n\n* Job priority must be between [1, 100]"),
        ({**a_job(), "Priority": "high"}, "json: cannot unmarshal string into Go"),
        ({**a_job(), "Priority": 5.5}, "json: cannot unmarshal number 5.5 into Go"),
        ('{"ID": "a", "ID": "b"}', "the name 'ID' is there twice in one object"),
        ({**a_job(), "Priorty": 60}, "body/Job/Priorty is ignored: there is no such field; did you mean Priority?"),
        ({"Jbo": a_job()}, "body/Jbo is ignored: there is no such field; did you mean Job?"),
        ({"Job": a_job(), "Regoin": "eu"}, "body/Regoin is ignored: there is no such field; did you mean Region?"),
    ],
)
def test_a_job_that_an_agent_would_refuse_is_refused(
    tmp_path: Path, cluster: Cluster, document: Any, reason: str
) -> None:
    """The error names the file and gives the agent's reason."""
    path = _write(tmp_path / "bad.json", document)
    with pytest.raises(LoadError) as refused:
        _load(cluster, path)
    assert str(refused.value).startswith(f"{path}: {reason}")


def test_a_path_with_nothing_to_load(tmp_path: Path, cluster: Cluster) -> None:
    """A missing file and a folder without JSON are errors."""
    for path, reason in (
        (tmp_path / "missing.json", "No such file or directory"),
        (tmp_path, r"no \*.json, \*.nomad or \*.hcl file"),
    ):
        with pytest.raises(LoadError, match=reason):
            _load(cluster, path)


def test_a_field_that_an_agent_would_drop(cluster: Cluster) -> None:
    """An unknown field is refused with the nearest one, or dropped on request; any letter case is accepted."""
    job = a_job(ID="a")
    job["TaskGroups"][0]["Tasks"][0]["Driverr"] = "exec"
    with pytest.raises(UnknownFields) as refused:
        job_of({**job, "id": "b"}, cluster)
    assert refused.value.findings == [
        "body/Job/ID is there more than once: they are merged or the last one counts",
        "body/Job/TaskGroups/0/Tasks/0/Driverr is ignored: there is no such field; did you mean Driver?",
    ]
    assert job_of(job, cluster, ignore_unknown_fields=True) == job_of(a_job(ID="a"), cluster)
    lower = {name.lower(): value for name, value in a_job(ID="a").items()}
    assert job_of({"job": lower}, cluster) == job_of(a_job(ID="a"), cluster)


def test_an_unknown_field_that_is_empty_loses_nothing(cluster: Cluster) -> None:
    """What ``nomad run -output`` prints is accepted: it has empty fields that an agent does not know."""
    service = {"Id": "", "Name": "web", "PortLabel": "", "Tags": None, "Checks": None}
    assert job_of(a_job(a_group(a_task(Services=[service]))), cluster)["ID"] == "j"


def test_text_is_read_as_go_reads_it(cluster: Cluster) -> None:
    """Half a surrogate pair becomes the replacement character, in names and in values."""
    job = job_of(a_job(ID="a", Meta={"k\ud800": "\udc00v", "pair": "\U0001f600"}), cluster)
    assert job["Meta"] == {"k\ufffd": "\ufffdv", "pair": "\U0001f600"}


def test_jobs_in_short_cannot_be_loaded(tmp_path: Path) -> None:
    """The list of jobs that a server answers has no task groups; the error says what to load instead."""
    path = _write(tmp_path / "jobs.json", [{"ID": "web", "JobSummary": {}}])
    with pytest.raises(LoadError, match=r"can't be run: load what /v1/job/<ID> answers$"):
        fresh_world(Settings(load=(path,)))
