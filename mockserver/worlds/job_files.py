"""Jobs that are there from the start: ``--load`` files, read as a real agent would read them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from mockserver.cluster.cluster import Cluster
from mockserver.errors import AgentError
from mockserver.jobs.validate import check_vault
from mockserver.nomad_types import SubmittedJob
from mockserver.openapi import Contract
from mockserver.operations import job_writes
from mockserver.operations.job_writes import prepare, submitted_job


class LoadError(Exception):
    """A file that can't be loaded; the text names it and says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


def load_jobs(paths: Iterable[Path], contract: Contract, cluster: Cluster) -> list[SubmittedJob]:
    """The valid jobs in these files, and in all ``*.json`` files of these folders; raises ``LoadError``.

    A file holds a bare job or a registration, ``{"Job": …}``, or a list of such.
    """
    return [job for path in paths for file in files(path) for job in _load(file, contract, cluster)]


def register_jobs(jobs: Iterable[SubmittedJob], cluster: Cluster) -> None:
    """Register jobs that ``load_jobs`` found valid."""
    for job in jobs:
        job_writes.register(cluster, job)


def read_job(text: bytes, contract: Contract, cluster: Cluster) -> SubmittedJob:
    """The job in a bare job or a registration, ``{"Job": …}``, as JSON.

    Raises ``ValueError`` for what isn't JSON, ``AgentError`` for a job that a real agent would refuse.
    """
    document = json.loads(text)
    bare = isinstance(document, dict) and "job" not in {key.lower() for key in document}
    operation = contract.operations["registerJob"]
    job = submitted_job("", operation.decode(b'{"Job":' + text + b"}" if bare else text))
    check_vault(prepare(cluster, job))
    return job


def files(path: Path) -> Iterator[Path]:
    """The file itself, or the ``*.json`` files of a folder; raises ``LoadError`` when it has none."""
    if not path.is_dir():
        yield path
    elif files := sorted(path.glob("*.json")):
        yield from files
    else:
        raise LoadError(path, "no *.json file in this folder")


def _load(path: Path, contract: Contract, cluster: Cluster) -> list[SubmittedJob]:
    try:
        return [read_job(text, contract, cluster) for text in _parts(path.read_bytes())]
    except OSError as error:
        raise LoadError(path, error.strerror or str(error)) from None
    except (ValueError, RecursionError) as error:
        raise LoadError(path, f"not JSON: {error}") from None
    except AgentError as error:
        raise LoadError(path, error.text) from None


def _parts(text: bytes) -> list[bytes]:
    """The documents of a list, each by itself; what is no list, or an empty one, stays as it is."""
    document = json.loads(text)
    return [json.dumps(each).encode() for each in document] if document and isinstance(document, list) else [text]
