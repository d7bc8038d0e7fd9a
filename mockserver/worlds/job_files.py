"""Jobs that somebody hands in: files for ``--load`` and bodies of ``POST /__admin/jobs``.

They are decoded and checked as a real agent would do it, with one difference: an agent drops a field that it does not
know without a word, and here such a field is refused, because it is most likely misspelt. One that is empty is dropped:
``nomad run -output`` prints some.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.errors import AgentError
from mockserver.gostd.json_text import Number, Tree
from mockserver.gostd.surrogates import replaced
from mockserver.hcl import HclError, job_in
from mockserver.jobs.validate import check_vault
from mockserver.judge.hints import is_hcl
from mockserver.judge.registration import body_type, decoded_job, registration
from mockserver.nomad_types import SubmittedJob
from mockserver.openapi.lint import lost_fields
from mockserver.operations import job_writes
from mockserver.operations.job_writes import prepare
from mockserver.worlds.strict_json import UnreadableJson, read_json

_HCL = (".nomad", ".hcl")
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


def files(path: Path) -> Iterator[Path]:
    """Yield the file itself, or the files of a folder by name whose names end so: ``.json``, ``.nomad``, ``.hcl``.

    Raises:
        LoadError: The folder has no such file.
    """
    if not path.is_dir():
        yield path
    elif files := sorted(file for file in path.iterdir() if file.suffix in (".json", *_HCL)):
        yield from files
    else:
        raise LoadError(path, "no *.json, *.nomad or *.hcl file in this folder")


def read_file(path: Path) -> Any:
    """Return the JSON value in a file, or the registration of the job that is in it as HCL.

    Raises:
        LoadError: The file can't be read, or is neither JSON nor HCL.
    """
    try:
        text = path.read_bytes()
        if text.lstrip()[:1] not in (b"{", b"[") and (path.suffix in _HCL or is_hcl(text)):
            return job_in(text.decode())
        return read_json(text)
    except (HclError, UnicodeDecodeError) as error:
        raise LoadError(path, str(error)) from None
    except OSError as error:
        raise LoadError(path, error.strerror or str(error)) from None
    except UnreadableJson as error:
        raise LoadError(path, str(error)) from None


def jobs_of(path: Path, value: Any, cluster: Cluster, *, ignore_unknown_fields: bool = False) -> list[SubmittedJob]:
    """Return the jobs in a file whose JSON is ``value``: a bare job, a registration, or a list of these.

    Raises:
        LoadError: A real agent would refuse one of the jobs, or would drop a field of it.
    """
    documents = value if isinstance(value, list) and value else [value]
    try:
        return [job_of(each, cluster, ignore_unknown_fields=ignore_unknown_fields) for each in documents]
    except AgentError as error:
        raise LoadError(path, error.text) from None
    except UnknownFields as error:
        raise LoadError(path, f"{error}; --ignore-unknown-fields loads it as an agent would") from None


def job_of(document: Any, cluster: Cluster, *, ignore_unknown_fields: bool = False) -> SubmittedJob:
    """Return the job in a bare job or a registration, ``{"Job": …}``, as an agent would decode it.

    Args:
        document: JSON that was read.
        cluster: the region that the job is checked for; nothing in it changes.
        ignore_unknown_fields: drop fields that an agent does not know, as it does itself.

    Raises:
        UnknownFields: A real agent would drop a field of the job. One that it would refuse raises ``AgentError``.
    """
    tree = registration(_tree(document))
    if not ignore_unknown_fields and (lost := lost_fields(body_type("registerJob"), tree, _MOST)):
        raise UnknownFields(lost)  # before what is wrong otherwise: a misspelt field is missing, too
    job = decoded_job("registerJob", tree)
    check_vault(prepare(cluster, job))
    return job


def register_jobs(jobs: Iterable[SubmittedJob], cluster: Cluster) -> None:
    """Register jobs that ``jobs_of`` found valid."""
    for job in jobs:
        job_writes.register(cluster, job)


def _tree(value: Any) -> Tree:
    """Return JSON that was read as Go's decoder takes it, whose strings have no lone surrogates."""
    if isinstance(value, str):
        return replaced(value)
    if isinstance(value, list):
        return [_tree(each) for each in value]
    if isinstance(value, dict):
        return tuple((replaced(name), _tree(each)) for name, each in value.items())
    return value if value is None or isinstance(value, bool) else Number(repr(value))
