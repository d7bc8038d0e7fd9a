"""The conduct of clients, reported by test runs."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("alone")]

PLUGINS = (
    *("-p", "no:nomad_mock", "-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider"),
    *("-p", "no:nomad_contract_tests", "-p", "contract_tests.plugin"),
)
TESTS = """
import urllib.request
import pytest

def ask(mock, target):
    urllib.request.urlopen(mock.url + target).read()

def test_good(nomad_mock):
    ask(nomad_mock, "/v1/jobs?prefix=a")

def test_bad(nomad_mock):
    ask(nomad_mock, "/v1/jobs?stale=false")

@pytest.mark.nomad_mock(conduct="off")
def test_on_purpose(nomad_mock):
    ask(nomad_mock, "/v1/jobs?prefix=%")

def test_with_others(nomad_mock_factory, nomad_mock_session):
    ask(nomad_mock_factory(), "/v1/jobs?Prefix=a")
    ask(nomad_mock_factory(conduct="off"), "/v1/jobs?prefix=%")
    ask(nomad_mock_session, "/v1/jobs?prefix=a&prefix=b")
"""


def test_nobody_is_judged_unasked(pytester: pytest.Pytester) -> None:
    """Without the setting a run says nothing about conduct."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess(*PLUGINS)
    result.assert_outcomes(passed=4)
    result.stdout.no_fnmatch_line("*conduct*")


def test_a_run_reports_conduct(pytester: pytest.Pytester) -> None:
    """It tells each broken statement with the test and the exchange that broke it, and what to do, and passes."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess(*PLUGINS, "--nomad-mock-conduct", "report", "-v")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*conduct of the client: * kept, 3 broken, * not exercised*"])
    text = result.stdout.str()
    assert "test_bad: #1 GET /v1/jobs?stale=false: stale=false allows stale reads" in text
    assert "test_with_others: #1 GET /v1/jobs?Prefix=a: query parameter Prefix is ignored; did you mean prefix?" in text
    assert "  session: #1 GET /v1/jobs?prefix=a&prefix=b" in text
    assert "What to do: Leave pretty and stale out to switch them off" in text
    assert "not exercised: watch.index-goes-on" in text
    assert "query.escaped:" not in text


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "2")], ids=["alone", "workers"])
def test_conduct_can_fail_a_run(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """With a level, statements of this level fail the session, on workers of pytest-xdist too."""
    pytester.makepyfile(TESTS)
    run = pytester.runpytest_subprocess if workers else pytester.runpytest_inprocess
    result = run(*PLUGINS, *workers, "--nomad-mock-conduct", "must")
    result.assert_outcomes(passed=4)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = result.stdout.str()
    assert "The session fails because of conduct.query.names, conduct.query.values." in text
    assert "SHOULD conduct.query.once" in text
    assert "not exercised: watch" not in text


def test_a_marker_asks_for_one_test(pytester: pytest.Pytester) -> None:
    """Only the marked test is judged, and the ini file may ask for all."""
    pytester.makepyfile(TESTS.replace("def test_bad", '@pytest.mark.nomad_mock(conduct="may")\ndef test_bad'))
    result = pytester.runpytest_inprocess(*PLUGINS)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*, 1 broken, *", "MUST conduct.query.values: *"])
    pytester.makeini("[pytest]\nnomad_mock_conduct = report\n")
    pytester.makepyfile(TESTS)
    pytester.runpytest_inprocess(*PLUGINS).stdout.fnmatch_lines(["*, 3 broken, *"])


def test_a_world_without_journal_is_not_judged(pytester: pytest.Pytester) -> None:
    """There is nothing to judge, and nothing fails."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.nomad_mock(journal_limit=0, conduct="must")
        def test_it(nomad_mock): pass
        """
    )
    result = pytester.runpytest_inprocess(*PLUGINS)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*conduct*")


def test_mistakes_are_explained(pytester: pytest.Pytester) -> None:
    """A word that is no level is refused with those that are."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.nomad_mock(conduct="MUST")
        def test_marker(nomad_mock): pass

        def test_factory(nomad_mock_factory):
            nomad_mock_factory(conduct="always")
        """
    )
    result = pytester.runpytest_inprocess(*PLUGINS)
    result.assert_outcomes(errors=1, failed=1)
    result.stdout.fnmatch_lines(["conduct is one of off, report, must, should, may, not 'MUST'; did you mean must?"])
    result.stdout.fnmatch_lines(["conduct is one of off, report, must, should, may, not 'always'"])
    assert pytester.runpytest_inprocess(*PLUGINS, "--nomad-mock-conduct", "x").ret == pytest.ExitCode.USAGE_ERROR


def test_journals_are_for_any_plugin(pytester: pytest.Pytester) -> None:
    """A conftest can implement the hook; without the suite's plugin nothing is reported."""
    pytester.makeconftest(
        """
        def pytest_nomad_mock_journal(user, conduct, entries):
            print("journal of", user, conduct, [entry["path"] for entry in entries])
        """
    )
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess(*PLUGINS[:6], "-s", "--nomad-mock-conduct", "report")
    result.stdout.fnmatch_lines(["*journal of *::test_bad report *'/v1/jobs'*"])
    result.stdout.no_fnmatch_line("*conduct of the client*")


def test_nobody_to_judge_is_no_secret(pytester: pytest.Pytester) -> None:
    """Whoever asks for a judgement is warned where no plugin gives one."""
    pytester.makepyfile("def test_it(nomad_mock): pass")
    result = pytester.runpytest_inprocess(*PLUGINS[:6], "-W", "always", "--nomad-mock-conduct", "must")
    result.stdout.fnmatch_lines(
        ["*conduct is must, but the plugin nomad_contract_tests, which judges it, is not there"]
    )
