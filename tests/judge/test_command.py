"""``nomad-contract validate``: its files, its forms, its exit status."""

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml  # type: ignore[import-untyped] # ships no type information

from contract_tests.cli import main as nomad_contract
from mockserver.judge.__main__ import main
from mockserver.judge.files import LONGEST
from tests.builders import a_group, a_job, a_task

GOOD = json.dumps(a_job())
LOSES = json.dumps(a_job(Priorty=60), indent=1)
REFUSED = json.dumps(a_job(a_group(a_task(Driver="dokcer"))), indent=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, outside of GitHub Actions."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("text", "status", "counted"), [
    (GOOD, 0, "1 job file: 1 accepted"),
    (LOSES, 1, "1 job file: 1 accepted with a loss"),
    (REFUSED, 1, "1 job file: 1 refused"),
])  # fmt: skip
def test_the_exit_status(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, status: int, counted: str
) -> None:
    """It is 0 where all is accepted and nothing lost, 1 where not; the last line counts."""
    assert main([str(_written(folder / "web.json", text))]) == status
    assert capsys.readouterr().out.splitlines()[-1] == counted


def test_what_cannot_be_judged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file, a folder without job files and a file that is too large are told, the others are judged."""
    (folder / "empty").mkdir()
    _written(folder / "dense.json", "[" + "[]," * 300_000 + "[]]")
    with (folder / "large.json").open("wb") as large:
        large.truncate(LONGEST + 1)
    _written(folder / "good.json", GOOD)
    assert main(["gone.json", "empty", "large.json", "dense.json", "good.json"]) == 2
    assert capsys.readouterr().out == (
        "gone.json: cannot be judged: No such file or directory\n"
        "empty: cannot be judged: there is no *.json, *.nomad or *.hcl file in this folder\n"
        "large.json: cannot be judged: the file is larger than 8 MiB, and such a file is not judged\n"
        "dense.json: cannot be judged: reading the file would take too much memory: "
        "nearly all of it is brackets and commas\n"
        "5 job files: 4 could not be judged, 1 accepted\n"
    )


def test_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All files of JSON and HCL in it and in its folders are judged, by name; hidden ones and other files are not."""
    for name in ("jobs/b.json", "jobs/a/z.json", "jobs/.git/x.json", "jobs/.y.json", "jobs/readme.md"):
        _written(folder / name, "nothing" if "." in name.split("/")[1][:1] else LOSES)
    _written(folder / "jobs/c.nomad", "jbo {}")
    _written(folder / "jobs/d.hcl", 'job "d" { regoin = "eu" }')
    assert main(["jobs"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in out[:2]] == ["jobs/a/z.json", "jobs/b.json"]
    assert out[2:] == [
        "jobs/c.nomad:1:1: error: there is no jbo here; did you mean job? ($)",
        "jobs/d.hcl:1:11: error: there is no regoin here; did you mean region? ($)",
        "4 job files: 2 refused, 2 accepted with a loss",
    ]


@pytest.mark.usefixtures("folder")
def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is standard input, as for nomad run -output in a pipe."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOSES.encode())))
    assert main(["-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:")


def test_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line has file, line, column, level, text, hint and path; --verbose adds the whole reply of an agent."""
    _written(folder / "web.json", REFUSED)
    main(["-v", "web.json"])
    assert capsys.readouterr().out == (
        'web.json:46:16: error: failed to create driver for task "g" in group "t" for validation: '
        "unknown driver 'dokcer'; did you mean docker? ($.TaskGroups[0].Tasks[0].Driver)\n"
        "web.json: a registration is answered with 500:\n"
        "    1 error(s) occurred:\n"
        "    \n"
        '    * failed to create driver for task "g" in group "t" for validation: unknown driver \'dokcer\'\n'
        "1 job file: 1 refused\n"
    )


def test_a_long_text_is_cut(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line has no more than a thousand characters of what an agent repeats; JSON has all of it."""
    _written(folder / "web.json", json.dumps(a_job()).replace('"Priority": 50', f'"Priority": {"9" * 5000}'))
    main(["web.json"])
    assert 1000 < len(capsys.readouterr().out.splitlines()[0]) < 1200
    main(["--format", "json", "web.json"])
    assert "9" * 5000 in json.loads(capsys.readouterr().out)["files"][0]["register"]["text"]


def test_nothing_in_a_file_acts_on_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters of names and files are spelt out."""
    _written(folder / "a\x1b[31m.json", json.dumps(a_job(**{"\x1b[2J\u202e\n": 1})))
    main(["."])
    out = capsys.readouterr().out
    assert "a\\x1b[31m.json:1:" in out
    assert "\\x1b[2J\\u202e\\n is ignored" in out
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", out)


@pytest.mark.parametrize("show", ["error", "warning", "note"])
def test_what_is_shown(folder: Path, capsys: pytest.CaptureFixture[str], show: str) -> None:
    """--show leaves out what is less grave, and the exit status stays."""
    _written(folder / "web.json", json.dumps(a_job(a_group(a_task(KillTimeout=0)), Priorty=60)))
    assert main(["--show", show, "web.json"]) == 1
    out = capsys.readouterr().out
    assert ("warning: Priorty" in out, "note: KillTimeout" in out) == (show != "error", show == "note")


def test_annotations(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """In GitHub Actions each error and warning is an annotation at its line; notes are not told unasked."""
    _written(folder / "a,b.json", REFUSED.replace("{", '{"100%": [1],', 1))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["a,b.json", "gone.json"]) == 2
    assert capsys.readouterr().out == (
        "::warning file=a%2Cb.json,line=1,col=2,title=lost by Nomad 0.5::100%25 is ignored: there is no such field "
        "($['100%25'])\n"
        "::error file=a%2Cb.json,line=46,col=16,title=refused by Nomad 0.5::failed to create driver for task \"g\" in "
        "group \"t\" for validation: unknown driver 'dokcer'; did you mean docker? ($.TaskGroups[0].Tasks[0].Driver)\n"
        "::error file=gone.json::cannot be judged: No such file or directory\n"
        "2 job files: 1 refused, 1 could not be judged\n"
    )  # fmt: skip
    _written(folder / "n.json", json.dumps(a_job(Status="dead")))
    main(["--format", "github", "--show", "note", "n.json"])
    assert "::notice file=n.json,line=1,col=" in capsys.readouterr().out


def test_json_fits_its_schema(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--format json prints one document, which fits schemas/validate-report.json, and nothing else."""
    for name, text in (("good", GOOD), ("loses", LOSES), ("refused", REFUSED), ("broken", "{")):
        _written(folder / f"{name}.json", text)
    assert main(["--format", "json", ".", "gone.json"]) == 2
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    schema = json.loads((Path(__file__).parents[2] / "schemas" / "validate-report.json").read_text("utf-8"))
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.validator_for(schema).validate(report)
    assert {one["file"]: one["outcome"] for one in report["files"]} == {
        "broken.json": "refused",
        "gone.json": "unjudged",
        "good.json": "accepted",
        "loses.json": "loses",
        "refused.json": "refused",
    }
    (finding,) = report["files"][2]["findings"]
    assert (finding["kind"], finding["hint"]) == ("body-unknown", "did you mean Priority?")
    assert (finding["line"], finding["path"]) == (len(LOSES.splitlines()) - 1, "$.Priorty")


def test_options_of_the_agent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An agent may have Vault or the test driver, and unknown fields can be passed over."""
    vault = {"Policies": ["p"], "ChangeMode": "restart", "Env": True, "ChangeSignal": ""}
    _written(folder / "web.json", json.dumps(a_job(a_group(a_task(Driver="mock_driver", Vault=vault)), Priorty=1)))
    options = ["--vault", "--mock-driver", "--ignore-unknown-fields"]
    assert main([*options, "web.json"]) == 0
    for option in options:
        assert main([*(one for one in options if one != option), "web.json"]) == 1
    assert capsys.readouterr().out


def test_a_wrong_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt option is answered with the nearest one, and the exit status is 2."""
    with pytest.raises(SystemExit) as ended:
        main(["--shw", "note", "x.json"])
    assert ended.value.code == 2
    assert "did you mean --show?" in capsys.readouterr().err


def test_nomad_contract_hands_over(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """``nomad-contract validate`` runs the judge as a program, and returns its exit status."""
    _written(folder / "web.json", LOSES)
    assert nomad_contract(["validate", "web.json"]) == 1
    assert capfd.readouterr().out.endswith("1 job file: 1 accepted with a loss\n")


def test_it_needs_none_of_the_test_tools() -> None:
    """The command works without the extra ``contract``, as a pre-commit hook installs it."""
    absent = ["httpx", "hypothesis", "jinja2", "xdist", "schemathesis", "pytest"]
    program = f"import sys; sys.modules.update(dict.fromkeys({absent})); from contract_tests import cli"
    run = subprocess.run(
        [sys.executable, "-c", f"{program}; sys.exit(cli.main(['validate', '-']))"],
        input=GOOD.encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (0, b"1 job file: 1 accepted\n", b"")


def test_the_hook_is_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The hook for pre-commit runs this command, with options that it has, on files of its pattern."""
    (hook,) = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8"))
    command, subcommand, *options = shlex.split(hook["entry"])
    assert (command, subcommand, hook["language"]) == ("nomad-contract", "validate", "python")
    assert re.search(hook["files"], "jobs/web.nomad.json")
    assert main([*options, str(_written(folder / "web.nomad.json", REFUSED))]) == 1
    assert capsys.readouterr().out.endswith("1 job file: 1 refused\n")


def test_the_guide_shows_what_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The output in the guide is that of jobs with these mistakes."""
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "job-files.md").read_text("utf-8")
    (shown,) = re.findall(r"^```text\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    task = {"Name": "web", "Driver": "dokcer", "Config": {"image": "nginx"}, "LogConfig": a_task()["LogConfig"]}
    group = {"Name": "web", "Cuont": 3, "Tasks": [task]}
    job = {"Region": "global", "ID": "web", "Name": "web", "Type": "service", "Priority": 50, "Datacenters": ["dc1"]}
    _written(folder / "jobs" / "web.json", json.dumps({"Job": {**job, "TaskGroups": [group]}}, indent=2))
    _written(folder / "jobs" / "db.nomad", 'job "db" {\n  group "db" {\n    cuont = 3\n  }\n}\n')
    main(["jobs/"])
    assert capsys.readouterr().out == shown
