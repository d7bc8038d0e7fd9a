"""The page about real clients, made of the reports of their trials."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.real_clients.clients import CLIENTS, RealClient

Report = dict[str, Any]

HEAD = """# Real clients, and what they do wrong

Each client below went through the life of a job with a small suite of its own (`tests/real_clients/`): register, watch
until the allocations run, read, plan, register again by `EnforceIndex`, evaluate, dispatch, deregister. Each suite was
run by [`nomad-contract client`](../guides/judge-a-client.md) under every freedom, and the client's conduct was judged.
This page is made from the reports by `python -m tests.real_clients`, which also fetches and builds the clients.

A freedom that is not survived means that the suite passes on a plain mock and fails on a server that makes use of it.
Only what a suite puts to the test is judged: a client that does not watch cannot watch wrongly.
"""


def page(reports: Mapping[str, Report]) -> str:
    """Return the page; ``reports`` are by the folders of the clients."""
    judged = [(client, reports[client.folder]) for client in CLIENTS if client.folder in reports]
    return "\n".join([HEAD, *_table(judged), *(line for one in judged for line in _about(*one))]).rstrip() + "\n"


def _table(judged: list[tuple[RealClient, Report]]) -> Iterator[str]:
    yield "| client | language | freedoms survived | not survived | MUST broken | SHOULD broken |"
    yield "|---|---|---|---|---|---|"
    for client, report in judged:
        survived = sum(one["outcome"] == "pass" for one in _freedoms(report))
        failed = [one["id"] for one in _freedoms(report) if one["outcome"] == "fail"]
        broken = {
            level: [one["id"] for one in _broken(report) if one["level"] == level] for level in ("MUST", "SHOULD")
        }
        cells = (
            client.name,
            client.language,
            f"{survived} of {survived + len(failed)}",
            *map(_list, (failed, *broken.values())),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _about(client: RealClient, report: Report) -> Iterator[str]:
    yield f"## {client.name}\n"
    told = report["client"]
    yield (
        f"{told['plain_exchanges']} requests in {told['plain_seconds']:.1f} s when nothing varies; "
        f"{told['runs']} runs in {report['seconds']:.0f} s, seed {report['settings']['seed']}.\n"
    )
    if client.note:
        yield f"{client.note}\n"
    found = [one for one in _freedoms(report) if one["outcome"] == "fail"]
    for one in found:
        finding = one["failure"]
        exchange = finding["exchange"]
        asked = f" `{exchange['request']['method']} {exchange['request']['target']}`:" if exchange else ""
        yield f"- **`{one['id']}`**: {one['text']}{asked}"
        yield f"  - {_code(finding['expected'])}"
        yield f"  - {_code(finding['actual'])}"
        if last := _last(finding["output"]):
            yield f"  - the suite: {_code(last)}"
    for one in _broken(report):
        yield f"- **`{one['id']}`** ({one['level']}): {one['text']}"
        for line in one["failure"]["actual"].splitlines()[:3]:
            yield f"  - {_code(line)}"
    if not found and not list(_broken(report)):
        yield "Nothing is wrong."
    unused = [one["id"] for one in _freedoms(report) if one["outcome"] == "skip"]
    if unused:
        yield f"\nNo reply could make use of {_list(unused)}."
    yield ""


def _freedoms(report: Report) -> list[dict[str, Any]]:
    return [one for one in report["statements"] if not one["id"].startswith("conduct.")]


def _broken(report: Report) -> list[dict[str, Any]]:
    return [one for one in report["statements"] if one["id"].startswith("conduct.") and one["outcome"] == "fail"]


def _list(ids: list[str]) -> str:
    return ", ".join(f"`{each}`" for each in ids) or "–"


def _code(text: str) -> str:
    line = re.sub(r"\s+", " ", text).replace("`", "'")
    return f"`{line[:160]}{'…' if len(line) > 160 else ''}`"


def _last(output: str) -> str:
    """Return the line of an output that says what went wrong, rather than where."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"(error|exception|panicked|assert)", line, re.IGNORECASE)]
    return (telling or lines or [""])[-1]
