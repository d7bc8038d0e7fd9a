"""The jobs that ``MockClient.seed`` takes, as the control plane takes them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from nomad_contract_spelling import did_you_mean

Job: TypeAlias = Mapping[str, Any] | str | Path
"""A job or a registration as JSON, the text of one in HCL or JSON, or a file of either."""


def documents_of(job: object) -> Iterator[Mapping[str, Any]]:
    """Yield what the control plane is sent for a job; a file of JSON may hold a list of them.

    Raises:
        TypeError: It is something else.
        ValueError: A text is neither HCL nor JSON.
    """
    if isinstance(job, Mapping):
        yield job
    elif isinstance(job, Path):
        yield from _in_text(job.read_text("utf-8"), f"{job}: ")
    elif not isinstance(job, str):
        hint = "; give jobs one by one: mock.seed(*jobs)" if isinstance(job, list | tuple) else ""
        raise TypeError(f"a {type(job).__name__} is no job{hint}")
    elif "{" in job:
        yield from _in_text(job, "")
    else:
        raise ValueError(f"{job!r} is no job; {did_you_mean(f'Path({job!r})')}")


def _in_text(text: str, name: str) -> Iterator[Mapping[str, Any]]:
    if not text.lstrip().startswith(("{", "[")):
        yield {"JobHCL": text}
        return
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name}not JSON: {error}") from None
    yield from value if isinstance(value, list) else [value]
