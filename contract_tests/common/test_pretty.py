"""Pretty printing: ``pretty`` changes the form of a reply, not its content."""

import json

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import SUFFIXES
from contract_tests.common.changing import MOVED, shows_each_change
from contract_tests.statements import states
from contract_tests.suite import verify

READS = ("query", "allocations", "evaluations", "summary")


@states("common.pretty.same-content", "common.pretty.form", "common.pretty.off-is-compact", "common.pretty.values")
@pytest.mark.parametrize("read", READS)
def test_pretty_is_the_same_content(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """Pretty output is the same JSON, indented by four spaces, with a newline at its end."""
    job = factory.service(nomad.new_id(), Meta={"a": "<&> 'é'"})
    nomad.register(job)
    nomad.settle(job["ID"])
    plain = nomad.read(read, job["ID"])
    for value in (None, "", "1", "true", "false"):
        found = nomad.read(read, job["ID"], {"pretty": value})
        verify.ok("common.pretty.same-content", found)
        verify.equal("common.pretty.same-content", found, found.json, plain.json)
        lines = found.text.split("\n")
        form = lines == ["[]", ""] or (len(lines) > 3 and lines[1].startswith("    ") and lines[-1] == "")
        verify.that("common.pretty.form", found, form, "four spaces, a last newline", found.text[:200])
        expected = json.dumps(found.json, indent=4, ensure_ascii=False)
        indents = [len(line) - len(line.lstrip(" ")) for line in expected.split("\n")]
        shown = [len(line) - len(line.lstrip(" ")) for line in lines[:-1]]
        verify.equal("common.pretty.form", found, shown, indents)
    found = nomad.read(read, job["ID"], {"pretty": "0"})
    verify.that("common.pretty.values", found, "\n" not in found.text, "compact with pretty=0", found.text[:200])
    for value in ("00", "0.0", " 0", "-0", "no", "off", "null"):
        found = nomad.read(read, job["ID"], {"pretty": value})
        pretty = found.text.endswith("\n")
        verify.that("common.pretty.values", found, pretty, f"pretty with pretty={value}", found.text[:200])


@states("common.pretty.writes-too")
def test_writes_are_pretty_too(nomad: Nomad, factory: JobFactory) -> None:
    """The answer to a write is printed pretty when asked."""
    job = factory.parameterized(nomad.new_id())
    pretty = {"pretty": None}
    bodies = {"register": {"Job": job}, "plan": {"Job": job, "Diff": True}, "dispatch": {"Meta": {"need": "x"}}}
    for operation, body in bodies.items():
        done = nomad.act(operation, job["ID"], body, query=pretty)
        form = done.ok and done.text.startswith("{\n    ") and done.text.endswith("}\n")
        verify.that("common.pretty.writes-too", done, form, "an indented object", done.text[:200])
    done = nomad.send("deregister", "DELETE", f"/v1/job/{job['ID']}{SUFFIXES['deregister']}", query=pretty)
    verify.that("common.pretty.writes-too", done, done.text.startswith("{\n    "), "an indented object", done.text)


@states("common.pretty.errors-unaffected")
def test_errors_are_not_affected(nomad: Nomad) -> None:
    """An error is the same bare text with ``pretty``."""
    found = nomad.job(nomad.new_id(), {"pretty": None})
    verify.refused("common.pretty.errors-unaffected", found, 404, "job not found")


@states("common.pretty.after-a-change", verify.UNCHANGED)
@pytest.mark.parametrize("read", MOVED)
def test_pretty_is_the_same_content_after_a_change(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """Pretty and compact, a reply shows the new content after each change."""
    shows_each_change("common.pretty.after-a-change", nomad, factory, read, {"pretty": None})
