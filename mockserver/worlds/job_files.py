"""Jobs that somebody hands in: files for ``--load`` and bodies of ``POST /__admin/jobs``.

They are decoded and checked as a real agent would do it, with one difference: an agent drops a field that it does not
know without a word, and here such a field is refused, because it is most likely misspelt. One that is empty is dropped:
``nomad run -output`` prints some.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from mockserver import hcl
from mockserver.cluster.cluster import Cluster
from mockserver.errors import AgentError, BadRequest
from mockserver.gostd.json_text import Number, Tree
from mockserver.gostd.surrogates import replaced
from mockserver.hcl import HclError
from mockserver.jobs.validate import check_vault
from mockserver.judge import judge
from mockserver.judge.registration import body_type, decoded_job, registration
from mockserver.nomad_types import SubmittedJob
from mockserver.openapi.lint import lost_fields
from mockserver.operations import job_writes
from mockserver.operations.job_writes import prepare
from mockserver.worlds.strict_json import UnreadableJson, read_json

JOB_HCL = "JobHCL"
"""The member of an object that stands for a job: its text in HCL. Newer versions of Nomad parse HCL under this name."""
MOST_LEVELS = 300
"""Levels of a job as JSON; free-form values in it may have 200 (``gostd/json_types.py``)."""
_MOST = 10
"""Unknown fields of a job that are named."""


class LoadError(Exception):
    """A file that can't be loaded; the message names the file and says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


class UnknownFields(ValueError):
    """A job with fields that an agent would drop; ``findings`` say which, and which ones were probably meant."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = findings


class RefusedHcl(ValueError):
    """A job in HCL that is refused: the message is an agent's, ``findings`` name each place in the text."""

    def __init__(self, reason: str, findings: Sequence[str]) -> None:
        super().__init__(reason)
        self.findings = findings


def files(path: Path) -> Iterator[Path]:
    """Yield the file itself, or the files of a folder by name whose names end so: ``.json``, ``.nomad``, ``.hcl``.

    Raises:
        LoadError: The folder has no such file.
    """
    if not path.is_dir():
        yield path
    elif files := sorted(file for file in path.iterdir() if file.suffix in (".json", *hcl.SUFFIXES)):
        yield from files
    else:
        raise LoadError(path, "no *.json, *.nomad or *.hcl file in this folder")


def read_file(path: Path) -> Any:
    """Return the JSON value in a file; of one that is HCL the object that stands for its job.

    Raises:
        LoadError: The file can't be read, or is neither JSON nor HCL.
    """
    try:
        text = path.read_bytes()
        return {JOB_HCL: hcl.decoded(text)} if hcl.is_hcl(text, path.name) else read_json(text)
    except OSError as error:
        raise LoadError(path, error.strerror or str(error)) from None
    except (HclError, UnreadableJson) as error:
        raise LoadError(path, str(error)) from None


def jobs_of(path: Path, value: Any, cluster: Cluster, *, ignore_unknown_fields: bool = False) -> list[SubmittedJob]:
    """Return the jobs in a file whose JSON is ``value``: a bare job, a registration, one in HCL, or a list of these.

    Raises:
        LoadError: A real agent would refuse one of the jobs, or would drop a field of it.
    """
    documents = value if isinstance(value, list) and value else [value]
    try:
        return [job_of(each, cluster, ignore_unknown_fields=ignore_unknown_fields) for each in documents]
    except AgentError as error:
        raise LoadError(path, error.text) from None
    except HclError as error:
        raise LoadError(path, str(error)) from None
    except RefusedHcl as error:
        raise LoadError(path, "\n".join([str(error), *error.findings])) from None
    except UnknownFields as error:
        raise LoadError(path, f"{error}; --ignore-unknown-fields loads it as an agent would") from None


def hcl_of(document: Any) -> str | None:
    """Return the text of a job in HCL, ``{"JobHCL": "…"}``; None of any other document."""
    text = document.get(JOB_HCL) if isinstance(document, dict) and len(document) == 1 else None
    return text if isinstance(text, str) else None


def job_of(document: Any, cluster: Cluster, *, ignore_unknown_fields: bool = False) -> SubmittedJob:
    """Return the job in a bare job, in a registration, ``{"Job": …}``, or in HCL, ``{"JobHCL": "…"}``.

    It is decoded as an agent would do it.

    Args:
        document: JSON that was read.
        cluster: the region that the job is checked for; nothing in it changes.
        ignore_unknown_fields: drop fields that an agent does not know, as it does itself.

    Raises:
        UnknownFields: A real agent would drop a field of the job. One that it would refuse raises ``AgentError``, or
            in HCL ``RefusedHcl``; what is no HCL raises ``HclError``.
    """
    if (text := hcl_of(document)) is not None:
        return _in_hcl(replaced(text), cluster)
    tree = registration(_tree(document))
    if not ignore_unknown_fields and (lost := lost_fields(body_type("registerJob"), tree, _MOST)):
        raise UnknownFields(lost)  # before what is wrong otherwise: a misspelt field is missing, too
    return _checked(tree, cluster)


def _in_hcl(text: str, cluster: Cluster) -> SubmittedJob:
    """Return the job in a text of HCL.

    Raises:
        RefusedHcl: An agent would refuse it.
    """
    try:
        return _checked(_tree(hcl.job_in(text)), cluster)
    except AgentError as error:
        findings = judge(text.encode(), name=f"job{hcl.SUFFIXES[0]}", drivers=cluster.drivers).findings
        refused = (one for one in findings if one.level == "error")
        places = [f"line {one.line}, column {one.column}: {one.sentence()}" for one in islice(refused, _MOST)]
        raise RefusedHcl(error.text, places) from None


def _checked(tree: Tree, cluster: Cluster) -> SubmittedJob:
    job = decoded_job("registerJob", tree)
    check_vault(prepare(cluster, job))
    return job


def register_jobs(jobs: Iterable[SubmittedJob], cluster: Cluster) -> None:
    """Register jobs that ``jobs_of`` found valid."""
    for job in jobs:
        job_writes.register(cluster, job)


def _tree(value: Any, levels: int = MOST_LEVELS) -> Tree:
    """Return JSON that was read as Go's decoder takes it, whose strings have no lone surrogates.

    Raises:
        BadRequest: It has more than so many levels.
    """
    if isinstance(value, str):
        return replaced(value)
    if isinstance(value, list | dict) and not levels:
        raise BadRequest(f"a job may not nest deeper than {MOST_LEVELS} levels in this mock")
    if isinstance(value, list):
        return [_tree(each, levels - 1) for each in value]
    if isinstance(value, dict):
        return tuple((replaced(name), _tree(each, levels - 1)) for name, each in value.items())
    return value if value is None or isinstance(value, bool) else Number(repr(value))
