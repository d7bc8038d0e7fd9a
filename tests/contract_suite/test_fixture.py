"""The contract check inside a user's own test run."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import forked

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PLUGIN = ("-p", "nomad_contract_pytest", "-p", "no:nomad_mock", "-p", "no:nomad_contract_tests")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run without other plugins, and without settings from outside; a check is forked instead of started."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.syspath_prepend(str(ROOT / "contract_tests" / "top_level"))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("NOMAD_ADDR", raising=False)
    monkeypatch.setattr("nomad_contract_pytest.subprocess", SimpleNamespace(run=forked.run_program))


def test_a_report_comes_back_when_all_holds(pytester: pytest.Pytester) -> None:
    """Without an address the mock is started and checked; the command's options can be given."""
    pytester.makepyfile(
        """
        from pathlib import Path

        def test_conforms(nomad_contract):
            report = nomad_contract(
                only=["job.summary.reply-is-json"], seed=7, companion=False, report_html="r.html", workers=1
            )
            assert report["totals"]["pass"] == 1
            assert report["settings"]["seed"] == "7"
            assert Path("r.html").is_file()
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=1)


def test_a_server_that_cannot_be_checked_fails_the_test(pytester: pytest.Pytester) -> None:
    """The test fails with the reason, without a traceback."""
    pytester.makepyfile(
        """
        def test_conforms(nomad_contract):
            nomad_contract("http://127.0.0.1:9", only=["job.summary.reply-is-json"])
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the contract could not be checked:", "*127.0.0.1:9*"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("profil='smoke'", "*unrecognized arguments: profil=smoke; did you mean profile?"),
        ("time_limits=3", "*unrecognized arguments: time_limits=3; did you mean time_limit?"),
        ("companion='yes'", "*argument companion: ignored explicit argument 'yes'"),
        ("only='job.sumary.*'", "*no statement is like 'job.sumary.*'; did you mean job.summary.*?*"),
        ("patience=0", "*argument patience: '0' is not between 1 and 600 seconds"),
    ],
)
def test_a_mistake_is_told_in_the_names_of_python(pytester: pytest.Pytester, given: str, words: str) -> None:
    """A misspelt option is refused with the nearest one, and a value that cannot be with what can."""
    pytester.makepyfile(f"def test_conforms(nomad_contract):\n    nomad_contract('http://127.0.0.1:9', {given})\n")
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the contract could not be checked:", words])
    result.stdout.no_fnmatch_line("see nomad-contract*")


def test_a_misspelt_option_of_pytest_is_told_the_nearest(pytester: pytest.Pytester) -> None:
    """An option that is like one of either plugin is refused with that one; pytest refuses what is like none."""
    pytester.makeconftest("def pytest_addoption(parser): parser.addoption('--nomad-mock-sede')")
    told = {
        ("--nomad-mock-stict", "true"): "--nomad-mock-stict; did you mean --nomad-mock-strict?",
        ("-q", "--nomad-adress=x", "--zzz"): "--nomad-adress=x --zzz; did you mean --nomad-address?",
        ("--nomad-zzzzzzzzzz",): "--nomad-zzzzzzzzzz",
    }
    for words, said in told.items():
        result = pytester.runpytest_inprocess(*PLUGIN[:2], *words)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"*unrecognized arguments: {said}"])
    known = pytester.runpytest_inprocess(*PLUGIN[:2], "--nomad-mock-sede=1", "--nomad-mock-seed=1")
    assert known.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("arguments", [(), ("my_contract_tests",), ("my_contract_tests/test_x.py::test_x",)])
def test_somebodys_own_folder_of_a_similar_name_is_left_alone(
    pytester: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    """Only our own tests make a contract run; tests in a folder of a similar name run as usual."""
    folder = pytester.mkdir("my_contract_tests")
    (folder / "test_x.py").write_text("def test_x(): pass\n", "utf-8")
    result = pytester.runpytest_inprocess("-p", "no:nomad_contract_tests", "-p", "contract_tests.plugin", *arguments)
    result.assert_outcomes(passed=1)
