"""Mutants of refused dispatches."""

from collections.abc import Callable
from typing import Any

from mockserver.errors import BadRequest, Refused
from mockserver.gostd import base64, json_types
from mockserver.jobs import children as rules
from mockserver.operations import WRITES
from mockserver.operations import job_writes as dispatch_operation
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import family, replaced, wrapped

_dispatch_check = family("dispatch", "job.dispatch.refuses.*", "common.stateful.*")


def _forgiving(text: str) -> Callable[[Any], Any]:
    def make(check: Any) -> Any:
        def broken(*arguments: Any) -> None:
            try:
                check(*arguments)
            except Refused as refused:
                if text not in refused.text:
                    raise

        return broken

    return make


_dispatch_check(
    "no-checks",
    "Nothing is checked.",
    wrapped(
        dispatch_operation,
        "check_dispatch",
        lambda check: lambda job_id, job, *rest: None if job else check(job_id, job, *rest),
    ),
)
_dispatch_check(
    "forbidden-payload",
    "A forbidden payload is taken.",
    wrapped(dispatch_operation, "check_dispatch", _forgiving("forbidden")),
    "job.dispatch.refuses.payload",
)
_dispatch_check(
    "required-payload",
    "A required payload may be missing.",
    wrapped(dispatch_operation, "check_dispatch", _forgiving("required by parameterized")),
    "job.dispatch.refuses.payload",
)
_dispatch_check(
    "required-meta",
    "Required metadata may be missing.",
    wrapped(dispatch_operation, "check_dispatch", _forgiving("required meta keys")),
    "job.dispatch.refuses.meta",
)
_dispatch_check(
    "unknown-meta",
    "Metadata of any key is taken.",
    wrapped(dispatch_operation, "check_dispatch", _forgiving("unpermitted")),
    "job.dispatch.refuses.meta",
)
_dispatch_check(
    "large-payload",
    "A payload may be of any size.",
    wrapped(dispatch_operation, "check_dispatch", _forgiving("exceeds")),
    "job.dispatch.refuses.payload",
)
_dispatch_check(
    "optional-is-required",
    "Optional metadata is required.",
    wrapped(
        dispatch_operation,
        "check_dispatch",
        lambda check: (
            lambda i, job, p, m: check(
                i,
                (
                    job
                    and job["ParameterizedJob"]
                    and {
                        **job,
                        "ParameterizedJob": {
                            **job["ParameterizedJob"],
                            "MetaRequired": [
                                *(job["ParameterizedJob"]["MetaRequired"] or ()),
                                *(job["ParameterizedJob"]["MetaOptional"] or ()),
                            ],
                        },
                    }
                )
                or job,
                p,
                m,
            )
        ),
    ),
    "job.dispatch.*",
    "job.*",
)
_dispatch_check(
    "meta-any-case",
    "Metadata keys match in any letter case.",
    wrapped(
        dispatch_operation,
        "check_dispatch",
        lambda check: lambda i, job, p, m: check(i, job, p, {k.lower(): v for k, v in m.items()}),
    ),
    "job.dispatch.refuses.meta",
)
_dispatch_check(
    "own-meta-allowed",
    "The job's own metadata keys may be given.",
    wrapped(
        dispatch_operation,
        "check_dispatch",
        lambda check: (
            lambda i, job, p, m: check(
                i, job, p, {k: v for k, v in m.items() if not job or k not in (job["Meta"] or {})}
            )
        ),
    ),
    "job.dispatch.refuses.meta",
)


def _limit(limit: int) -> None:
    deviation = replaced(rules, "_LARGEST_PAYLOAD", limit)
    mutant(
        f"dispatch.limit-{limit}",
        f"A payload may have {limit} bytes.",
        "job.dispatch.refuses.payload",
        "job.dispatch.*",
    )(deviation)


for _size in (16383, 16000, 16385, 65536):
    _limit(_size)


@mutant("dispatch.job-id-ignored", "A JobID of another job in the body is ignored.", "job.dispatch.refuses.bodies")
def _(breakage: Breakage) -> None:
    breakage.wrap_item(
        WRITES, "dispatch", lambda parse: lambda job_id, body: parse(job_id, body and {**body, "JobID": ""})
    )


@mutant("dispatch.empty-refused", "A body that asks for nothing is refused.", "job.dispatch.payload-forms", "job.*")
def _(breakage: Breakage) -> None:
    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            if not any((body or {}).values()):
                raise BadRequest("EOF")
            return parse(job_id, body)

        return broken

    breakage.wrap_item(WRITES, "dispatch", make)


mutant("dispatch.base64-unfinished", "Unfinished base64 is illegal at its end.", "job.dispatch.refuses.base64")(
    wrapped(base64, "_first_illegal_byte", lambda find: lambda text: None if find(text) is None else len(text))
)


mutant("dispatch.base64-padding", "Base64 may be padded anywhere.", "job.dispatch.refuses.base64")(
    replaced(base64, "_illegal_padding", lambda *_: None)
)


mutant("dispatch.base64-early-padding", "Padding is never too early.", "job.dispatch.refuses.base64")(
    wrapped(
        base64,
        "_illegal_padding",
        lambda find: lambda text, position, digits: None if digits < 2 else find(text, position, digits),
    )
)


mutant("dispatch.base64-unpadded", "Base64 need not be padded.", "job.dispatch.refuses.base64")(
    wrapped(
        json_types,
        "decode_base64",
        lambda decode: (
            lambda text: decode(text if "=" in text or len(text) % 4 < 2 else text + "==="[len(text) % 4 - 1 :])
        ),
    )
)


@mutant("dispatch.base64-line-breaks", "Base64 is in one line.", "job.dispatch.payload-forms")
def _(breakage: Breakage) -> None:
    breakage.replace(base64, "_LINE_BREAKS", b"")
    breakage.wrap(json_types, "decode_base64", lambda decode: lambda text: decode(text.replace("\n", "!")))


def _of_three(change: Callable[[list[str], list[str]], dict[str, list[str]]]) -> Callable[[Any], Any]:
    """Return what changes the rules of a parent with three required keys before a dispatch is checked."""

    def make(check: Any) -> Any:
        def broken(job_id: str, job: Any, *given: Any) -> None:
            rules_of = job and job["ParameterizedJob"]
            required, optional = (rules_of and (rules_of[name] or []) for name in ("MetaRequired", "MetaOptional"))
            if required and len(required) > 2:
                job = {**job, "ParameterizedJob": {**rules_of, **change(required, optional)}}
            check(job_id, job, *given)

        return broken

    return make


for _name, _sentence, _change in (
    (
        "third-required",
        "The third of the required keys is optional.",
        lambda required, optional: {"MetaRequired": required[:2], "MetaOptional": [*optional, *required[2:]]},
    ),
    (
        "third-optional",
        "The third of the optional keys is not permitted.",
        lambda _, optional: {"MetaOptional": optional[:2]},
    ),
):
    _dispatch_check(
        _name,
        _sentence,
        wrapped(dispatch_operation, "check_dispatch", _of_three(_change)),
        "job.dispatch.refuses.meta",
    )
