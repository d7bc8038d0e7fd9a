"""Mutants of the agent, status, regions and garbage collection, and of what holds at every companion endpoint."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.gc import GarbageCollection
from tests.mutants.chapters.companion import answer_at
from tests.mutants.mutant import changed, mutant
from tests.mutants.replies import Answer, Change
from tests.mutants.vocabulary import intercepts, replaced

_LISTS = "/v1/(jobs|evaluations|allocations|nodes)"
_AGENT = "/v1/(agent/self|agent/members|status/leader|status/peers|regions)"


def _json(name: str, sentence: str, path: str, change: Change, *caught_by: str) -> None:
    def of_answer(answer: Answer) -> None:
        if answer.status == 200 and answer.scope["method"] == "GET":
            answer.json = changed(change, answer.json)

    answer_at(name, sentence, path, of_answer, *caught_by)


def _text(old: str, status: int, text: str) -> Callable[[Answer], None]:
    """Return a change of refusals that have ``old`` in their text."""

    def change(answer: Answer) -> None:
        if answer.status >= 400 and old in answer.text:
            answer.status, answer.text = status, text or answer.text

    return change


AGENT: tuple[tuple[str, str, Change, str], ...] = (
    (
        "self.region",
        "self",
        lambda body: body["config"].update(Region="elsewhere"),
        "companion.agent.self-says-who-it-is",
    ),
    (
        "self.datacenter",
        "self",
        lambda body: body["config"].update(Datacenter=""),
        "companion.agent.self-says-who-it-is",
    ),
    ("self.version", "self", lambda body: body["config"].update(Version=""), "companion.agent.self-says-who-it-is"),
    ("self.tags", "self", lambda body: body["member"]["Tags"].update(dc="dc9"), "companion.agent.self-says-who-it-is"),
    ("self.no-stats", "self", lambda body: body.update(stats={}), "companion.agent.self-says-who-it-is"),
    (
        "self.numbers",
        "self",
        lambda body: body["stats"].update(raft={"term": 2}),
        "companion.agent.self-says-who-it-is",
    ),
    ("members.none", "members", lambda body: body.update(Members=[]), "companion.agent.members-are-servers"),
    ("members.own", "members", lambda body: body.update(ServerName="x"), "companion.agent.members-are-servers"),
    ("members.region", "members", lambda body: body.update(ServerRegion="x"), "companion.agent.members-are-servers"),
    ("members.dc", "members", lambda body: body.update(ServerDC="x"), "companion.agent.members-are-servers"),
    (
        "members.role",
        "members",
        lambda body: [one["Tags"].update(role="client") for one in body["Members"]] and None,
        "companion.agent.members-are-servers",
    ),
)
"""Name, which answer of the agent, what is changed, and the statement that it breaks."""
for _name, _which, _change, _statement in AGENT:
    _json(f"agent.{_name}", f"The agent tells {_name} wrong.", f"/v1/agent/{_which}", _change, _statement)

CLUSTER: tuple[tuple[str, str, Change, str], ...] = (
    ("leader.none", "/v1/status/leader", lambda _: "", "companion.status.leader"),
    ("leader.object", "/v1/status/leader", lambda one: {"Leader": one}, "companion.status.leader"),
    ("leader.no-port", "/v1/status/leader", lambda one: one.rsplit(":", 1)[0], "companion.status.leader"),
    ("leader.url", "/v1/status/leader", lambda one: f"http://{one}", "companion.status.leader"),
    ("peers.string", "/v1/status/peers", lambda some: some[0], "companion.status.peers"),
    ("peers.none", "/v1/status/peers", lambda _: [], "companion.status.peers"),
    ("peers.others", "/v1/status/peers", lambda _: ["10.9.8.7:4647"], "companion.status.peers"),
    ("peers.objects", "/v1/status/peers", lambda some: [{"Addr": one} for one in some], "companion.status.peers"),
    ("servers.none", "/v1/agent/servers", lambda _: [], "companion.agent.servers"),
    (
        "servers.no-port",
        "/v1/agent/servers",
        lambda some: [one.rsplit(":", 1)[0] for one in some],
        "companion.agent.servers",
    ),
    ("servers.objects", "/v1/agent/servers", lambda some: [{"Addr": one} for one in some], "companion.agent.servers"),
    ("regions.unsorted", "/v1/regions", lambda some: some[::-1], "companion.regions.sorted"),
    ("regions.twice", "/v1/regions", lambda some: [one for one in some for _ in "12"], "companion.regions.sorted"),
    ("regions.others", "/v1/regions", lambda some: some[:1], "companion.regions.sorted"),
    ("regions.objects", "/v1/regions", lambda some: dict.fromkeys(some, ""), "companion.regions.sorted"),
)
for _name, _path, _change, _statement in CLUSTER:
    _json(_name, f"{_path}: {_name}.", _path, _change, _statement)


def _unquoted(answer: Answer) -> None:
    answer.text = answer.text.strip('"')


answer_at(
    "leader.unquoted", "The leader is no JSON.", "/v1/status/leader", _unquoted, "companion.reply-is-json", "comp*"
)


mutant("companion.gc.nothing", "Garbage collection does nothing.", "companion.system.collects-garbage")(
    replaced(Cluster, "collect_garbage", lambda _: None)
)


@mutant("companion.gc.jobs", "Garbage collection removes jobs that are there.", "companion.system.collects-garbage")
@intercepts(GarbageCollection, "force")
def _(force: Any, self: GarbageCollection) -> None:
    force(self)
    for job in list(self._state.jobs()):
        self._deregister(job["ID"])


@mutant("companion.gc.open", "It forgets evaluations that are not over, too.", "companion.system.collects-garbage")
@intercepts(GarbageCollection, "force")
def _(force: Any, self: GarbageCollection) -> None:
    force(self)
    self._state.delete_evaluations([one["ID"] for one in self._state.evaluations()], [])


def _gc_tells(answer: Answer) -> None:
    answer.text = "{}"


answer_at("gc.tells", "Garbage collection answers an object.", "/v1/system/gc", _gc_tells, "companion.system.*")

MISSING = (
    ("evaluation", "eval", "/v1/evaluation/[^/]+"),
    ("allocation", "alloc", "/v1/allocation/[^/]+"),
    ("node", "node", "/v1/node/[^/]+"),
)
for _kind, _short, _path in MISSING:
    _said = f"{_short} not found"
    for _name, _wrong in (
        ("status", _text(_said, 500, "")),
        ("text", _text(_said, 404, f"{_kind}: none")),
        ("null", _text(_said, 200, "null")),
    ):
        answer_at(
            f"{_kind}.missing-{_name}", f"No {_kind}: another {_name}.", _path, _wrong, f"companion.{_kind}.missing"
        )
    for _name, _old, _where, _wrong in (
        ("id-status", "UUID must be", _path, _text("UUID must be", 400, "")),
        ("id-text", "UUID must be", _path, _text("UUID must be", 500, "UUID must be 36 characters")),
        ("id-missing", "UUID must be", _path, _text("UUID must be", 404, _said)),
        ("odd", "even length", f"/v1/{_kind}s", _text("even length", 200, "[]")),
        ("digits", "invalid byte", f"/v1/{_kind}s", _text("invalid byte", 200, "[]")),
        ("digits-text", "invalid byte", f"/v1/{_kind}s", _text("invalid byte", 500, "invalid prefix")),
        ("length", "Invalid UUID length", f"/v1/{_kind}s", _text("Invalid UUID length", 200, "[]")),
    ):
        _sentence = f"{_name} of a malformed ID of a {_kind} is wrong."
        answer_at(f"{_kind}.malformed-{_name}", _sentence, _where, _wrong, f"companion.{_kind}.malformed-id")


def _no_index(answer: Answer) -> None:
    if answer.status == 404:
        answer.headers.pop("x-nomad-index", None)


for _kind, _short, _path in MISSING[:2]:
    answer_at(
        f"{_kind}.missing-index",
        f"No {_kind}: no index.",
        _path,
        _no_index,
        f"companion.{_kind}.missing",
        "common.blocking.index-header",
    )


def _header(name: str, value: str) -> Callable[[Answer], None]:
    """Return a change of a header of successful replies; without a value it is dropped."""

    def change(answer: Answer) -> None:
        if answer.status == 200:
            answer.headers.pop(name, None)
            answer.headers |= {name: value} if value else {}

    return change


for _name, _value in (
    ("x-nomad-index", ""),
    ("x-nomad-knownleader", ""),
    ("x-nomad-lastcontact", ""),
    ("x-nomad-knownleader", "yes"),
    ("x-nomad-lastcontact", "0s"),
):
    for _path in ("jobs", "evaluations", "allocations", "nodes"):
        answer_at(
            f"header.{_path}.{_name}.{_value or 'dropped'}",
            f"{_name} of {_path} is {_value or 'dropped'}.",
            f"/v1/{_path}",
            _header(_name, _value),
            "companion.headers.of-lists",
        )
for _path in ("agent/self", "agent/members", "status/leader", "status/peers", "regions"):
    answer_at(
        f"header.{_path.replace('/', '-')}",
        f"{_path} tells an index.",
        f"/v1/{_path}",
        _header("x-nomad-index", "1"),
        "companion.headers.none-of-the-agent",
    )
answer_at(
    "header.agent-servers",
    "agent/servers tells an index.",
    "/v1/agent/servers",
    _header("x-nomad-index", "1"),
    "companion.agent.servers",
)
answer_at(
    "header.agent-leader",
    "The agent tells whether it knows a leader.",
    _AGENT,
    _header("x-nomad-knownleader", "true"),
    "companion.headers.none-of-the-agent",
)


def _with_newline(answer: Answer) -> None:
    if answer.status == 200:
        answer.text += "\n"


for _name, _path in (("lists", _LISTS), ("agent", _AGENT)):
    _text_type = _header("content-type", "text/plain; charset=utf-8")
    _charset = _header("content-type", "application/json; charset=utf-8")
    answer_at(
        f"json.{_name}.text", f"JSON of the {_name} is called text.", _path, _text_type, "companion.reply-is-json"
    )
    answer_at(
        f"json.{_name}.charset", f"JSON of the {_name} has a charset.", _path, _charset, "companion.reply-is-json"
    )
    answer_at(f"json.{_name}.newline", f"{_name} end in a newline.", _path, _with_newline, "companion.reply-is-json")

EVERYWHERE: tuple[tuple[str, str, str, Callable[[Answer], None], str], ...] = (
    ("region.404", "Unknown regions are missing.", ".*", _text("No path", 404, ""), "companion.regions.unknown"),
    (
        "region.text",
        "Unknown regions: text.",
        ".*",
        _text("No path", 500, "no such region"),
        "companion.regions.unknown",
    ),
    ("wait.text", "wait: text.", ".*", _text("Invalid wait", 400, "Invalid wait"), "companion.blocking.bad-parameters"),
    ("wait.500", "wait: status.", ".*", _text("Invalid wait", 500, ""), "companion.blocking.bad-parameters"),
    ("index.500", "index: status.", ".*", _text("Invalid index", 500, ""), "companion.blocking.bad-parameters"),
    ("index.text", "index: text.", ".*", _text("Invalid index", 400, "index"), "companion.blocking.bad-parameters"),
    ("path.200", "Unknown paths are found.", ".*", _text("404 page", 200, "[]"), "companion.unknown-path"),
    ("path.text", "Unknown paths: text.", ".*", _text("404 page", 404, "404 page not found"), "companion.unknown-path"),
)
for _name, _sentence, _path, _wrong, _statement in EVERYWHERE:
    answer_at(f"every.{_name}", _sentence, _path, _wrong, _statement)
for _path in ("/v1/jobs", "/v1/nodes", "/v1/evaluations", "/v1/allocations", "/v1/status/leader"):
    answer_at(
        f"region.{_path.rsplit('/', 1)[1]}",
        f"{_path} heeds no unknown region.",
        _path,
        _text("No path", 200, "[]"),
        "companion.regions.unknown",
    )
for _path in ("jobs", "nodes", "evaluations", "allocations", "regions", "status/leader", "status/peers", "agent/self"):
    for _name, _status in (("404", 404), ("200", 200)):
        answer_at(
            f"method.{_path.replace('/', '-')}.{_name}",
            f"Other methods at {_path} are answered with {_status}.",
            f"/v1/{_path}",
            _text("Invalid method", _status, ""),
            "companion.methods.wrong-method",
        )
answer_at(
    "method.text", "405 has another text.", ".*", _text("Invalid method", 405, "no"), "companion.methods.wrong-method"
)
for _path in ("deployments", "validate/job", "jobs/", "nodes/x", "volumes"):
    answer_at(
        f"path.{_path.replace('/', '-')}",
        f"/v1/{_path} is there.",
        f"/v1/{_path}",
        _text("404 page", 200, "[]"),
        "companion.unknown-path",
    )
