"""Mutants that show deep inside a job, in the second of several things, on an unusual path, or in an odd wait."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.state import State
from mockserver.cluster.watchers import Watchers
from mockserver.errors import BadRequest
from mockserver.gostd import json_containers, json_types
from mockserver.http import blocking, rendering
from mockserver.jobs import canonicalize
from mockserver.jobs.validate import constraints, drivers, job, problems, services, submission, task
from mockserver.openapi import operation, query
from tests.mutants.around import around, calling
from tests.mutants.mutant import Breakage, Scope, mutant
from tests.mutants.replies import Answer, answers, is_read, requests
from tests.mutants.vocabulary import answer, intercepts, replaced, request, request_body, stored

LENIENT = "common.errors.lenient-decoding"
NOTHING = "common.errors.null-is-nothing"
OPERATION = "job.query.looks-like-an-operation"
HEADERS = "common.headers.others-ignored"

# Decoding


def _names(kind: str) -> Any:
    def decode(whole: Any, self: Any, tree: Any, old: Any) -> Any:
        exact = self.name == kind and isinstance(tree, tuple)
        return whole(self, tuple(pair for pair in tree if pair[0] in self.fields) if exact else tree, old)

    return decode


for _kind in ("ServiceCheck", "Resources", "LogConfig", "Template"):
    calling(
        f"depth.names-of-{_kind.lower()}",
        f"Names inside of a {_kind} are taken in their exact case only.",
        json_containers.Struct,
        "decode",
        _names(f"structs.{_kind}"),
        LENIENT,
    )


@mutant("depth.unknown-names", "An unknown name inside of a task is refused.", LENIENT)
def _(breakage: Breakage) -> None:
    def decode(whole: Any, self: Any, tree: Any, old: Any) -> Any:
        if self.name == "structs.Task" and isinstance(tree, tuple):
            for name, _ in tree:
                if json_containers.fold(name) not in self._folded:
                    raise BadRequest(f'json: unknown field "{name}"')
        return whole(self, tree, old)

    around(breakage, json_containers.Struct, "decode", decode)


calling(
    "depth.null-numbers",
    "A null for a number is refused.",
    json_types.Integer,
    "decode",
    lambda whole, self, tree, old: whole(self, [] if tree is None else tree, old),
    NOTHING,
)
calling(
    "depth.null-in-maps",
    "A null in a map of texts is left out.",
    json_containers.Map,
    "decode",
    lambda whole, self, tree, old: whole(
        self, tuple(pair for pair in tree if pair[1] is not None) if isinstance(tree, tuple) else tree, old
    ),
    NOTHING,
)
calling(
    "depth.nameless-in-maps",
    "What has no name in a map is left out.",
    json_containers.Map,
    "decode",
    lambda whole, self, tree, old: whole(
        self, tuple(pair for pair in tree if pair[0]) if isinstance(tree, tuple) else tree, old
    ),
    NOTHING,
    "job.register.keeps.*",
)
calling(
    "depth.byte-order-mark",
    "A byte order mark before a body is passed over.",
    operation,
    "read",
    lambda whole, body: whole(body.removeprefix(b"\xef\xbb\xbf")),
    "common.errors.bad-body",
    "job.dispatch.refuses.bodies",
)


mutant("depth.twenty-levels", "Config may nest twenty levels deep.", "job.register.keeps.task")(
    replaced(json_types, "MAX_FREE_DEPTH", 20)
)


def _free(name: str, sentence: str, change: Callable[[Any], Any], statement: str = "job.register.keeps.task") -> None:
    calling(
        f"depth.config-{name}",
        sentence,
        json_types,
        "_free_value",
        lambda whole, tree, depth: change(whole(tree, depth)),
        statement,
        "job.*",
    )


_free(
    "nulls",
    "Nulls inside of Config are left out.",
    lambda one: {k: v for k, v in one.items() if v is not None} if isinstance(one, dict) else one,
)
_free(
    "nothing",
    "Empty lists inside of Config become null.",
    lambda one: None if one == [] else one,
    "job.register.empty-is-null",
)
_free(
    "case",
    "Names inside of Config are kept in small letters.",
    lambda one: {k.lower(): v for k, v in one.items()} if isinstance(one, dict) else one,
)


@mutant("depth.charset", "A body said to be in another charset is refused.", "common.errors.content-type-ignored")
@request_body
def _(scope: Scope, body: bytes) -> str | None:
    kind = dict(scope["headers"]).get(b"content-type", b"")
    return "unsupported charset" if body and b"charset=utf-16" in kind else None


# What is stored

for _name, _sentence, _pattern, _caught in (
    ("last-line", "A line feed at the end of metadata is cut off.", r"\n+\Z", "job.register.keeps.job"),
    ("spaces", "Spaces at the end of metadata are cut off.", r" +\Z", "job.register.keeps.job"),
):

    def _cut(submitted: Any, pattern: str = _pattern) -> None:
        submitted["Meta"] = {k: re.sub(pattern, "", v) for k, v in (submitted["Meta"] or {}).items()} or None

    mutant(f"depth.{_name}", _sentence, _caught)(lambda breakage, cut=_cut: stored(cut)(breakage))  # type: ignore[misc]


@mutant("depth.check-names", "Only the first check of a service is given a name.", "job.register.default.check-name")
@intercepts(canonicalize, "_service")
def _(whole: Any, one: Any, names: Any) -> Any:
    made = whole(one, names)
    given = zip(made["Checks"] or (), one["Checks"] or (), strict=True)
    checks = [{**new, "Name": new["Name"] if not at else old["Name"]} for at, (new, old) in enumerate(given)]
    return {**made, "Checks": checks or None}


class _Variables:
    """A pattern that replaces variables otherwise."""

    def __init__(self, pattern: re.Pattern[str], most: int, *, known_only: bool) -> None:
        self._pattern, self._most, self._known_only = pattern, most, known_only

    def sub(self, replaced: Callable[[re.Match[str]], str], text: str) -> str:
        """Replace as ``re.Pattern.sub`` does."""
        if self._known_only:
            return self._pattern.sub(lambda one: "" if replaced(one) == one[0] else replaced(one), text)
        return self._pattern.sub(replaced, text, count=self._most)


for _name, _sentence, _most, _known in (
    ("one-variable", "One variable of a service's name is replaced.", 1, False),
    ("unknown-variables", "Unknown variables of a service's name are cut out.", 0, True),
):
    mutant(f"depth.{_name}", _sentence, "job.register.default.service-name", "job.register.*")(
        lambda breakage, most=_most, known=_known: breakage.wrap(  # type: ignore[misc]
            canonicalize, "_VARIABLE", lambda pattern: _Variables(pattern, most, known_only=known)
        )
    )
calling(
    "depth.signals-that-are-sent",
    "Only a signal that is sent is put in capitals.",
    canonicalize,
    "_signal_in_capitals",
    lambda whole, block: whole(block) if block and block["ChangeMode"] == "signal" else block,
    "job.register.default.change-signal",
    "job.register.*",
)
calling(
    "depth.signals-of-the-first",
    "Only the first task's signals are implied.",
    canonicalize,
    "_implied",
    lambda whole, tasks: whole(tasks[:1]),
    "job.register.default.implied-constraint",
)

# What is refused


def _only(name: str, sentence: str, owner: Any, attribute: str, kept: Callable[..., bool], *caught_by: str) -> None:
    """Declare a mutant that looks only at those for which ``kept`` is true of the arguments."""

    def look(whole: Any, *arguments: Any, **options: Any) -> Iterator[str]:
        return iter(whole(*arguments, **options)) if kept(*arguments) else iter(())

    calling(f"depth.{name}", sentence, owner, attribute, look, *caught_by, "job.register.refuses.*")


_only(
    "groups-after-two",
    "A third group is not looked into.",
    job,
    "group_problems",
    lambda group: group["Name"] != "i",
    "job.register.refuses.job",
)
_only(
    "second-drivers",
    "The driver of a second task is not looked at.",
    submission,
    "_driver_problems",
    lambda group, one, *_: one is group["Tasks"][0],
    "job.register.refuses.driver",
)
calling(
    "depth.second-networks",
    "A second network is not looked at.",
    task,
    "resources_problems",
    lambda whole, asked: whole({**asked, "Networks": (asked["Networks"] or [])[:1]}),
    "job.register.refuses.task",
)
calling(
    "depth.second-versions",
    "The second part of a version constraint is not looked at.",
    constraints,
    "parse_constraints",
    lambda whole, text: whole(text.partition(",")[0]),
    "job.register.refuses.constraint",
)
calling(
    "depth.second-checks",
    "A second check is not looked at.",
    services,
    "_service_problems",
    lambda whole, service: whole({**service, "Checks": (service["Checks"] or [])[:1]}),
    "job.register.refuses.check",
)
calling(
    "depth.ports-of-the-first",
    "Only ports of the first network count.",
    services,
    "_port_labels",
    lambda whole, one: whole(
        {**one, "Resources": {**one["Resources"], "Networks": (one["Resources"]["Networks"] or [])[:1]}}
    ),
    "job.register.limits",
)
calling(
    "depth.null-fields",
    "A null for an optional field of a driver is refused.",
    drivers,
    "_fits",
    lambda whole, value, kind: value is not None and whole(value, kind),
    "job.register.limits",
)
calling(
    "depth.key-case",
    "Required and optional keys are compared in small letters.",
    job,
    "_parameterized_problems",
    lambda whole, rules: whole(
        {**rules, **{name: [key.lower() for key in rules[name] or ()] for name in ("MetaRequired", "MetaOptional")}}
    ),
    "job.register.refuses.parameterized",
)
calling(
    "depth.one-key",
    "One overlapping key is told.",
    job,
    "_parameterized_problems",
    lambda whole, rules: (re.sub(r"\[(\S+) .*\]", r"[\1]", text) for text in whole(rules)),
    "job.register.refuses.parameterized",
)


@mutant("depth.beside-the-directory", "A path that leads to ..x is accepted.", "job.register.refuses.*")
def _(breakage: Breakage) -> None:
    import posixpath

    def escapes(_: Any, prefix: str, path: str) -> bool:
        inside = posixpath.relpath(posixpath.normpath(f"/a/b/{prefix}/{path}"), "/a/b")
        return inside == ".." or inside.startswith("../")

    for owner in (problems, task):
        around(breakage, owner, "escapes", escapes)


# Paths and headers


def _rewritten(name: str, sentence: str, pattern: bytes, replacement: bytes, *caught_by: str) -> None:
    @mutant(f"depth.{name}", sentence, *caught_by)
    def _(breakage: Breakage) -> None:
        def rewrite(scope: Scope) -> None:
            scope["raw_path"] = re.sub(pattern, replacement, scope["raw_path"])

        requests(breakage, rewrite)


_rewritten(
    "slash-forgiven", "A slash behind an operation is forgiven.", rb"(/summary|/allocations)/$", rb"\1", OPERATION
)
_rewritten("no-slash-needed", "An operation needs no slash before it.", rb"(?<=\w)[-.]?(summary)$", rb"/\1", OPERATION)
_rewritten("ends-inside", "An operation ends a path.", rb"(?<=/)(summary|allocations)/.+$", rb"\1", OPERATION)
_rewritten("any-case", "An operation may be in capitals.", rb"/(?:Summary|SUMMARY)$", b"/summary", OPERATION)
_rewritten("small-escapes", "%2f is not taken for %2F.", b"%2f", b"%252f", "job.query.id-with-slash")
_rewritten(
    "plus-before", "A plus before an operation is a space.", rb"\+(?=.*/summary$)", b"%20", "job.query.id-percent-*"
)


def _header(name: str, sentence: str, header: bytes, change: Callable[[Answer], None]) -> None:
    @mutant(f"depth.{name}", sentence, HEADERS)
    def _(breakage: Breakage) -> None:
        def look(answer: Answer) -> None:
            if is_read(answer) and header in dict(answer.scope["headers"]):
                change(answer)

        answers(breakage, look)


def _unmodified(answer: Answer) -> None:
    answer.status, answer.body = 304, b""


def _in_part(answer: Answer) -> None:
    answer.status, answer.body = 206, answer.body[:10]


_header("not-modified", "What was not modified is not answered.", b"if-none-match", _unmodified)
_header("in-part", "A range is answered in part.", b"range", _in_part)


mutant("depth.tagged", "Reads have an ETag.", "common.headers.none-of-caches")(
    answer(lambda answer: answer.headers.update(etag='"1"') if is_read(answer) else None)
)


@mutant("depth.overridden-method", "A header can change the method.", HEADERS)
@request
def _(scope: Scope) -> None:
    scope["method"] = dict(scope["headers"]).get(b"x-http-method-override", scope["method"].encode()).decode()


mutant("depth.paragraphs", "U+2029 is not escaped.", "common.replies.html-escaped")(
    replaced(rendering, "_ESCAPES", rendering._ESCAPES[:-1])
)


# Waiting


def _at_once(name: str, sentence: str, reason: Callable[[Any, Any], Any]) -> None:
    """Declare a mutant that does not wait when the query or what was read gives a reason."""

    async def answer(whole: Any, self: Any, read: Any, asked: Any, *rest: Any) -> Any:
        latest = read()
        return latest if reason(asked, latest) else await whole(self, read, asked, *rest)

    holds = "common.blocking.*.holds-without-change"
    calling(f"depth.at-once-{name}", sentence, blocking.WaitingQueries, "answer", answer, holds)


_at_once("63", "From an index above 2^63 nothing is waited for.", lambda asked, _: asked["index"] >= 1 << 63)
_at_once("53", "From an index above 2^53 nothing is waited for.", lambda asked, _: asked["index"] > 1 << 53)
_at_once(
    "far", "From an index far beyond nothing is waited for.", lambda asked, one: asked["index"] > one.index + 10**6
)
_at_once("pretty", "Pretty output is not waited for.", lambda asked, _: asked["pretty"])
_at_once("stale", "Stale reads do not wait.", lambda asked, _: asked["stale"])
_at_once("slash", "A job with a slash in its ID is not waited for.", lambda _, one: "/" in one.watch[1])
_at_once(
    "periodic",
    "A periodic job is not waited for.",
    lambda _, one: isinstance(one.body, dict) and one.body.get("Periodic"),
)
_at_once("region", "Another region is not waited for.", lambda asked, _: asked["region"] == "eu1")


def _quiet(name: str, sentence: str, owner: Any, method: str, kinds: tuple[str, ...], *caught_by: str) -> None:
    """Declare a mutant in which a method's changes of these kinds wake nobody."""

    def call(whole: Any, self: Any, *arguments: Any) -> Any:
        region: State = self if isinstance(self, State) else self.state
        note = region._note
        vars(region)["_note"] = lambda *items: note(*(item for item in items if item[0] not in kinds))
        try:
            done = whole(self, *arguments)
            return list(done) if isinstance(done, Iterator) else done  # steps are taken while it is quiet
        finally:
            del vars(region)["_note"]

    calling(f"depth.quiet-{name}", sentence, owner, method, call, *caught_by)


CHILDREN = "common.blocking.summary.wakes-on-children"
_quiet("status", "A status wakes nobody.", State, "_update_statuses", ("job",), "common.blocking.query.wakes-on-status")
_quiet("children", "A dispatch wakes nobody who waits for a summary.", Cluster, "dispatch", ("summary",), CHILDREN)
_quiet("end", "The end of a child wakes nobody.", State, "delete_job", ("summary",), CHILDREN, "common.blocking.*")
_quiet(
    "nodes",
    "What nodes report wakes nobody who waits for allocations.",
    State,
    "update_from_client",
    ("allocations",),
    "common.blocking.nodes-wake",
    "job.allocations.*",
)
_quiet(
    "counts",
    "What nodes report wakes nobody who waits for a summary.",
    State,
    "update_from_client",
    ("summary",),
    "common.blocking.nodes-wake",
)


@mutant("depth.children-wake", "Evaluations of children wake who waits for the parent's.", "common.blocking.not-woken")
@intercepts(State, "_note")
def _(whole: Any, self: State, *items: Any) -> None:
    parents = [(kind, name.rpartition("/")[0]) for kind, name in items if kind == "evaluations"]
    whole(self, *items, *parents)


@mutant("depth.any-spelling-wakes", "A change wakes who waits in another spelling.", "common.blocking.not-woken")
def _(breakage: Breakage) -> None:
    def lower(item: Any) -> Any:
        return (item[0], item[1].lower())

    around(breakage, Watchers, "subscribe", lambda whole, self, item, wake: whole(self, lower(item), wake))
    around(breakage, Watchers, "notify", lambda whole, self, items: whole(self, map(lower, items)))


@mutant("depth.queued-wakes", "A change of Queued wakes who waits for the summary.", "common.blocking.not-woken")
@intercepts(State, "_count_queued")
def _(whole: Any, self: State, evaluation: Any, index: int) -> None:
    whole(self, evaluation, index)
    self._note(("summary", evaluation["JobID"]))


FORMS, BAD = "common.blocking.forms-of-wait", "common.blocking.bad-parameters"
for _name, _sentence, _statement, _change in (
    ("days", "`wait` may be in days.", BAD, lambda text: re.sub(r"^(\d+)d$", r"\g<1>h", text)),
    ("around", "`wait` may have spaces around it.", BAD, str.strip),
    ("micro", "`wait` has no microseconds in Greek.", FORMS, lambda text: text.replace("\u03bc", "?")),
    ("sign", "`wait` has no plus.", FORMS, lambda text: text.replace("+", "?")),
):
    calling(
        f"depth.wait-{_name}",
        _sentence,
        query,
        "parse_duration",
        lambda whole, text, change=_change: whole(change(text)),
        _statement,
    )
