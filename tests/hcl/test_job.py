"""Jobs in HCL are those that Nomad 0.5.4 makes of the same text.

The JSON beside each job file is what the real 0.5.4 parser made of it.
"""

import json
from pathlib import Path

import pytest

from mockserver.hcl import HclError, is_hcl, job_in
from mockserver.judge.registration import decoded_job
from mockserver.settings import Settings
from mockserver.worlds.job_files import LoadError, _tree, files, read_file
from mockserver.worlds.loading import fresh_world
from tests.builders import a_job

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", sorted(HERE.glob("*.nomad")), ids=lambda file: file.stem)
def test_a_job_is_the_one_that_nomad_makes(file: Path) -> None:
    """Every field, default and inheritance is as in the job that the real command registers."""
    expected = json.loads(file.with_suffix(".json").read_text("utf-8"))
    ours, theirs = (decoded_job("registerJob", _tree(one)) for one in (job_in(file.read_text("utf-8")), expected))
    assert ours == theirs


def test_numbers_become_texts() -> None:
    """A number or a truth value where a text is wanted is written as Go writes it."""
    meta = job_in('job "a" { meta { a = 1e21 b = 1.50 c = true d = false e = 7 f = 1.0 } }')["Job"]["Meta"]
    assert meta == {"a": "1000000000000000000000", "b": "1.5", "c": "1", "d": "0", "e": "7", "f": "1"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1_0", 10),
        ("010", 8),
        ("0x1_F", 31),
        ("0b11", 3),
        ("0o17", 15),
        ("+5", 5),
        ("-0", 0),
        ("0x" + "0" * 99 + "2", 2),
    ],
)
def test_a_text_is_a_number_where_one_is_wanted(text: str, number: int) -> None:
    """Its base is that which its beginning names, as in Go."""
    assert job_in(f'job "a" {{ priority = "{text}" }}')["Job"]["Priority"] == number


def test_lists_are_joined_and_the_last_value_counts() -> None:
    """Of a name that comes twice the last value counts, but lists are joined, as in 0.5.4."""
    job = job_in('job "a" { datacenters = ["a"] priority = 1 datacenters = ["b"] priority = 2.0 }')["Job"]
    assert (job["Datacenters"], job["Priority"], job["TaskGroups"]) == (["a", "b"], 2, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('job "a" {\n  cuont = 2\n}', "line 2, column 3: there is no cuont here"),
        ('job "a" { group "g" { cuont = 2 } }', "line 1, column 23: there is no cuont here; did you mean count?"),
        ('group "a" {}', "line 1, column 1: there is no group here"),
        ("", "line 1, column 1: a job file has one job"),
        ('job "a" {}\njob "b" {}', "line 2, column 1: a job file has one job"),
        ("job { }", 'line 1, column 1: job needs a name and a block: job "NAME" { … }'),
        ('job "a" { group "g" {} group "g" {} }', "line 1, column 24: there are two groups 'g'"),
        ('job "a" { update {} update {} }', "line 1, column 21: only one update block is allowed here"),
        ('job "a" { update "x" {} }', "line 1, column 11: update takes no name"),
        ('job "a" { update = 5 }', "line 1, column 11: update has to be a block: update { … }"),
        ('job "a" { priority = "high" }', "line 1, column 11: priority has to be a whole number"),
        ('job "a" { all_at_once = "yes" }', "line 1, column 11: all_at_once has to be true or false"),
        ('job "a" { region = ["x"] }', "line 1, column 11: region has to be a text"),
        ('job "a" { datacenters = "dc1" }', "line 1, column 11: datacenters has to be a list"),
        (
            'job "a" { update { stagger = "5" } }',
            "line 1, column 20: stagger: invalid duration '5'; write it as 30s, 5m or 1h",
        ),
    ],
)
def test_what_is_no_job_is_told_with_its_place(text: str, problem: str) -> None:
    """The error names line and column, and the nearest valid word."""
    with pytest.raises(HclError) as told:
        job_in(text)
    assert str(told.value).startswith(problem)


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("service {} service {}", "line 1, column 33: only one service of a task may be without a name"),
        ("artifact { options {} options {} }", "line 1, column 44: only one options block is allowed here"),
        ('resources { network { port "a-b" {} } }', "'a-b' is no name of a port: use letters, digits and _"),
        ('resources { network { port "a" {} port "A" {} } }', "there are two ports 'A'"),
    ],
)
def test_what_is_no_task_is_told(inside: str, problem: str) -> None:
    """What a task may have once, or only with another name, is refused."""
    with pytest.raises(HclError) as told:
        job_in(f'job "a" {{ task "t" {{ {inside} }} }}')
    assert str(told.value).endswith(problem)


@pytest.mark.parametrize(("name", "text"), [("web.nomad", '# a\njob "a" {}'), ("web", '\njob "a" {\r\n}')])
def test_hcl_is_loaded(tmp_path: Path, name: str, text: str) -> None:
    """HCL is known by the name of the file or by how it begins; JSON is JSON under any name."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert job_in(read_file(path)["JobHCL"])["Job"]["ID"] == "a"
    path.write_text(json.dumps(a_job()), "utf-8")
    assert read_file(path) == a_job()


def test_a_folder_may_have_hcl(tmp_path: Path) -> None:
    """Of a folder the files are loaded that say by their names that they are JSON or HCL."""
    for name in ("b.hcl", "a.json", "c.nomad", "notes.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in files(tmp_path)] == ["a.json", "b.hcl", "c.nomad"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"job {", "line 1, column 6: expected"),
        (b"# \xc3\xa4\n# \xc3\xa4\xff", "line 2, column 4: these bytes are not UTF-8"),
        (
            b'job "a" {\n  datacenters = ["dc1"]\n  group "g" {\n    task "t" { driver = "dokcer" }\n  }\n}',
            "1 error(s) occurred:\n\n* failed to create driver",
        ),
    ],
)
def test_a_file_without_a_job_that_an_agent_takes_is_told(tmp_path: Path, text: bytes, problem: str) -> None:
    """The error names the file and the place in it."""
    path = tmp_path / "web.nomad"
    path.write_bytes(text)
    with pytest.raises(LoadError) as told:
        fresh_world(Settings(load=(path,)))
    assert str(told.value).startswith(f"{path}: {problem}")
    if "error(s)" in problem:
        assert "line 4, column 16: failed to create driver" in str(told.value)


@pytest.mark.parametrize("begin", [b"#" * 60, b"//" * 60, b"/*" * 60, b" " * 60])
def test_to_tell_hcl_from_json_takes_no_time(begin: bytes) -> None:
    """Comments that lead to no job are looked at once, not in each way in which they could be divided."""
    assert not is_hcl(begin + b"\n[]")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("priority = 09", "line 1, column 22: 09 is no whole number of 64 bits"),
        (f"priority = {'9' * 5000}", f"line 1, column 22: {'9' * 60}… is no whole number of 64 bits"),
        ("meta { a = 1e999 }", "line 1, column 22: 1e999 is larger than a number can be"),
        ('priority = "_1"', "line 1, column 11: priority has to be a whole number"),
        ('priority = "0o"', "line 1, column 11: priority has to be a whole number"),
        ('priority = ""', "line 1, column 11: priority has to be a whole number"),
        (f'priority = "0b1{"0" * 63}"', "line 1, column 11: priority has to be a whole number"),
        ('type = "\\ud800"', "line 1, column 19: there is no character \\ud800"),
        ('type = "\\U00110000"', "line 1, column 19: there is no character \\U00110000"),
    ],
)
def test_a_value_that_go_does_not_have_is_told(text: str, problem: str) -> None:
    """Numbers beyond Go's types, octal numbers with a 9 and characters that are none are refused at their place."""
    with pytest.raises(HclError) as told:
        job_in(f'job "a" {{ {text} }}')
    assert str(told.value) == problem
