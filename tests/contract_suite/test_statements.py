"""Every statement has a contract test, and every contract test names its statements."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.statements import Level, Statement, catalogue, matching, statement_mark
from contract_tests.suite.selection import may_prove, provable_by
from tests.each import each

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "contract_tests"
MODULES = sorted(".".join(path.relative_to(SUITE).with_suffix("").parts) for path in SUITE.rglob("test_*.py"))
RECORDINGS = {path.stem for path in (ROOT / "tests" / "data" / "recordings").glob("*.json")}


def contract_tests() -> Iterator[tuple[str, Any]]:
    """Return every test function of the suite, by the names of its folder, module and function."""
    for name in MODULES:
        module = importlib.import_module(f"contract_tests.{name}")
        for attribute, value in vars(module).items():
            if attribute.startswith("test_") and getattr(value, "__module__", "") == module.__name__:
                yield f"{name}.{attribute}", value


def test_every_statement_has_a_test() -> None:
    """Every statement of the catalogue is proved by a test."""
    proved = set().union(*(provable_by(test) for _, test in contract_tests()))
    assert set(catalogue()) - proved == set()


@each(contract_tests(), lambda named: named[0])
def test_every_contract_test_names_a_statement(named: tuple[str, Any]) -> None:
    """Every test names the statements that it proves, all of them in the catalogue, and has a docstring."""
    test = named[1]
    ids = provable_by(test)
    assert ids
    assert ids <= set(catalogue())
    assert test.__doc__


def test_every_id_stands_in_the_suite() -> None:
    """A search for a statement's id finds it: no id is put together from parts."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SUITE.rglob("*.py"))
    assert set(catalogue()) - set(re.findall(r'"([a-z.0-9-]+)"', text)) == set()


def test_a_statement_is_tested_where_its_id_says() -> None:
    """The test of ``job.register.updates`` is in ``contract_tests/job/test_register*.py``, and so on for each id."""
    places: dict[str, set[str]] = {}
    for name, test in contract_tests():
        for one in provable_by(test):
            places.setdefault(one, set()).add(name.rpartition(".")[0])
    misplaced = {
        one.id: places[one.id]
        for one in catalogue().values()
        if not any(place.startswith(home) for place in places[one.id] for home in homes(one))
    }
    assert misplaced == {}


def test_a_module_is_loaded_for_each_statement_it_proves() -> None:
    """No module is left out of a run that can prove a selected statement."""
    for name, test in contract_tests():
        source = (SUITE / f"{name.rpartition('.')[0].replace('.', '/')}.py").read_text(encoding="utf-8")
        assert [one for one in provable_by(test) if not may_prove(source, {one})] == [], name


def test_other_modules_are_left_out() -> None:
    """A module is left out when no selected id stands in it, unless its marks name ids that stand elsewhere."""
    literal = 'BOOK = "a"\n\n\n@states(\n    "job.query.a",\n    "job.query.b",\n)\ndef test_it():\n    assert states\n'
    assert may_prove(literal, {"job.query.b", "x"})
    assert not may_prove(literal, {"job.query.c"})
    assert may_prove(literal.replace('"job.query.b"', "verify.UNCHANGED"), {"job.query.c"})
    assert may_prove("@states(*HOLDS.values())\n", {"job.query.c"})


def homes(statement: Statement) -> list[str]:
    """Return the beginnings of the modules that may test a statement, by its id: ``job.register.updates``.

    What needs running allocations may be tested with the allocations. The statements about every companion endpoint
    share a module.
    """
    room, section, *_ = statement.id.replace("-", "_").split(".")
    found = [f"{room}.test_{section}"]
    if "placement" in statement.needs:
        found.append(f"{room}.test_allocations")
    if room == "companion" and section in ("headers", "reply_is_json", "blocking", "methods", "unknown_path"):
        found.append("companion.test_every_endpoint")
    return found


def test_every_id_in_the_code_exists() -> None:
    """Every string in the suite that looks like a statement's id is one."""
    pattern = re.compile(r"(job|common|companion)\.[a-z-]+(\.[a-z0-9-]+)+")
    unknown = {
        (path.name, node.value)
        for path in SUITE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.fullmatch(node.value)
        if node.value not in catalogue() and not any(one.startswith(node.value) for one in catalogue())
    }
    assert unknown == set()


@each(catalogue().values(), lambda statement: statement.id)
def test_a_statement_is_well_formed(statement: Statement) -> None:
    """Only documented statements are MUST, recordings that are named exist, and a statement is one sentence."""
    assert statement.source.startswith(("documentation", "observed"))
    assert (statement.level is Level.MUST) is statement.source.startswith("documentation")
    if statement.source.startswith("observed: "):
        assert statement.source.removeprefix("observed: ") in RECORDINGS
    assert statement.text[0].isupper() or statement.text[0] in "`$" or statement.text.startswith("prefix")
    assert statement.text.endswith(".")
    assert set(statement.needs.replace(",", " ").split()) <= {"placement", "other-region", "companion"}


def test_statements_are_found_by_glob() -> None:
    """A glob selects by id; without a glob all are selected."""
    assert {one.id for one in matching(["job.plan.diff.*"])} == {
        one for one in catalogue() if one.startswith("job.plan.diff.")
    }
    assert len(matching([])) == len(catalogue())
    assert matching(["nothing.like.this"]) == []


def test_an_unknown_statement_is_an_error() -> None:
    """A test that names no statement, or an unknown one, is an error."""
    for ids in (("job.register.no-such-statement",), ()):
        with pytest.raises(ValueError, match="not in schemas/statements"):
            statement_mark(*ids)


def test_the_page_is_quoted_beside_what_it_documents() -> None:
    """Every documented statement has what the page says in its section; an observed one has nothing."""
    for one in catalogue().values():
        assert bool(one.page) is one.source.startswith("documentation: "), one.id
