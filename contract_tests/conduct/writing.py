"""How a client writes: check-and-set with the index that it read, and no write twice by accident."""

from collections.abc import Iterator
from typing import Any

from contract_tests.conduct.conversation import Conversation, is_rounded
from contract_tests.conduct.exchange import Exchange, member
from contract_tests.conduct.judging import Evidence, broken, judges, kept
from contract_tests.durations import SECOND

_NOT_TWICE = ("register", "dispatch", "evaluate", "periodic-force")
"""Writes that do something again when they come again: a new evaluation, a child, an older job over a newer one."""

_OF_JOBS = ("query", "summary", "allocations", "evaluations", "jobs")
_JUST = SECOND
"""A server may lag so far behind the leader, although it rarely does."""

_REFUSAL = "Enforcing job modify index"
"""How the refusal begins; a validation, or a lost leader, is another reason for a 500."""

_READS = ("query", "summary", "allocations", "evaluations", "jobs", "all-evaluations", "all-allocations", "evaluation")


def _job_id(exchange: Exchange) -> str:
    """Return the ID of the job that an exchange is about, without its case; "" for none."""
    found = member(member(exchange.json, "Job"), "ID") or exchange.id
    return found.casefold() if isinstance(found, str) else ""


def _is_enforced(exchange: Exchange) -> bool:
    return exchange.operation == "register" and member(exchange.json, "EnforceIndex") is True


def _indexes_of_jobs(exchange: Exchange) -> Iterator[tuple[str, int]]:
    """Yield each job with a JobModifyIndex that a reply gives for it."""
    waiting: list[Any] = [exchange.reply_json]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            index = one.get("JobModifyIndex")
            name = one.get("JobID", one.get("ID", None)) or _job_id(exchange)
            if isinstance(index, int) and isinstance(name, str):
                yield name.casefold(), index


@judges("conduct.enforce.index-that-was-read")
def _index_that_was_read(conversation: Conversation) -> Evidence:
    given: dict[str, set[int]] = {}
    for exchange in conversation:
        index = member(exchange.json, "JobModifyIndex")
        if _is_enforced(exchange) and isinstance(index, int):
            name = _job_id(exchange)
            known = given.get(name, set())
            if index == 0 or index in known:
                yield kept(f"{exchange} enforces index {index}", exchange)
            elif conversation.is_whole and not is_rounded(index, known):
                text = f"{exchange} enforces index {index}, which no reply gave as the JobModifyIndex of this job"
                yield broken(text, exchange)
        if exchange.status == 200:
            for name, found in _indexes_of_jobs(exchange):
                given.setdefault(name, set()).add(found)


@judges("conduct.enforce.switched-on")
def _switched_on(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        found = exchange.dropped("body-unenforced")
        if found:
            yield broken(f"{exchange}: {found[0]}", exchange)
        elif _is_enforced(exchange):
            yield kept(f"{exchange} says that its index is to be enforced", exchange)


@judges("conduct.enforce.reads-after-conflict")
def _reads_after_conflict(conversation: Conversation) -> Evidence:
    refused: dict[str, Exchange] = {}
    for exchange in conversation:
        if exchange.operation == "register":
            before = refused.pop(_job_id(exchange), None)
            if before is not None:
                yield broken(
                    f"{exchange} writes again after {before} was refused, without a read between", before, exchange
                )
            if _is_enforced(exchange) and exchange.status == 500 and exchange.reply_body.startswith(_REFUSAL):
                refused[_job_id(exchange)] = exchange
        elif exchange.operation in _READS or exchange.operation == "plan":
            for name in [_job_id(exchange)] if exchange.id else [*refused]:
                if before := refused.pop(name, None):
                    yield kept(f"{exchange} reads after {before} was refused", before, exchange)


@judges("conduct.write.not-repeated-blindly")
def _not_repeated_blindly(conversation: Conversation) -> Evidence:
    lost: dict[tuple[str, str], Exchange] = {}
    for exchange in conversation:
        if exchange.is_read and exchange.operation in _READS:
            for key, before in list(lost.items()):
                if not exchange.id or _is_about(exchange, before):
                    yield kept(f"{exchange} looks what became of {before}", before, exchange)
                    del lost[key]
            continue
        if exchange.operation not in _NOT_TWICE or _is_enforced(exchange):
            continue
        key = (exchange.method, exchange.target)
        before_it = lost.pop(key, None)
        if before_it is not None and exchange.repeats(before_it):
            yield broken(
                f"{exchange} repeats {before_it}, whose reply was lost, without a read between", before_it, exchange
            )
        if exchange.is_lost:
            lost[key] = exchange


@judges("conduct.write.not-read-stale")
def _not_read_stale(conversation: Conversation) -> Evidence:
    written: dict[str, Exchange] = {}
    for exchange in conversation:
        if exchange.is_write and exchange.status == 200 and (name := _job_id(exchange)):
            written[name] = written[""] = exchange
        elif exchange.operation in _OF_JOBS and "stale" in exchange.parameters and not exchange.asked_index:
            write = written.get(_job_id(exchange))
            if write is not None and write.over is not None and 0 <= exchange.started - write.over < _JUST:
                yield broken(f"{exchange} reads with stale what {write} had just written", write, exchange)
            else:
                yield kept(f"{exchange} reads with stale what it has not just written", exchange)


def _is_about(read: Exchange, write: Exchange) -> bool:
    """Return whether a read tells about the job of a write, or about one of its children or evaluations."""
    return read.operation == "evaluation" or read.id.casefold().startswith(_job_id(write))
