"""The pytest plugin, in test runs of its own."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import pytest_options

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("alone", "measured")]

ROOT = Path(__file__).parents[2]
PLUGIN = ("-p", "no:nomad_mock", "-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider")


def test_every_test_has_a_fresh_world(pytester: pytest.Pytester) -> None:
    """Every test has a fresh world at the same address; the session's world stays as it is."""
    pytester.makepyfile(
        """
        import json, urllib.request, urllib.error, pytest
        from mockserver.testing import example_job

        ADDRESSES = set()

        @pytest.mark.parametrize("number", range(3))
        def test_fresh(nomad_mock, nomad_mock_session, number):
            ADDRESSES.add(nomad_mock.url)
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(nomad_mock.url + "/v1/job/a")
            for mock in (nomad_mock, nomad_mock_session):
                mock.seed(example_job("a"))
            with urllib.request.urlopen(nomad_mock_session.url + "/v1/job/a") as reply:
                assert (json.load(reply)["JobModifyIndex"] > 6) == (number > 0)
            assert len(ADDRESSES) == 1
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=3)


def test_a_marker_says_what_the_world_is_made_of(pytester: pytest.Pytester) -> None:
    """Of several markers the closest one counts; what it does not say is taken from the others."""
    pytester.makepyfile(
        """
        import os, pytest

        @pytest.mark.nomad_mock(nodes=3, seed=1, clock="manual")
        class TestClass:
            @pytest.mark.nomad_mock(nodes=2, env=True)
            def test_marked(self, nomad_mock):
                assert len(nomad_mock.nodes.list()) == 2
                assert nomad_mock.clock.get().mode == "manual"
                assert os.environ["NOMAD_ADDR"] == nomad_mock.address

            def test_other(self, nomad_mock):
                assert len(nomad_mock.nodes.list()) == 3
                assert "NOMAD_ADDR" not in os.environ

        @pytest.mark.nomad_mock(nodse=1)
        def test_mistaken(nomad_mock):
            pass
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN, "--strict-markers")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["the marker nomad_mock knows no 'nodse'; did you mean nodes?"])


def test_env_leads_to_the_mock_and_nowhere_else(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell says about a cluster of its user is left out for the test, and no proxy is asked for the mock."""
    of_a_user = {"NOMAD_ADDR": "http://real:4646", "NOMAD_TOKEN": "secret", "NOMAD_REGION": "eu", "NOMAD_VAR_a": "1"}
    for name, value in {**of_a_user, "HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "internal"}.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(
        """
        import os, pytest, urllib.request

        @pytest.mark.nomad_mock(env=True)
        def test_own_surroundings(nomad_mock):
            kept = {name: value for name, value in os.environ.items() if name.startswith("NOMAD_")}
            assert kept == {"NOMAD_ADDR": nomad_mock.address, "NOMAD_VAR_a": "1"}
            assert os.environ["NO_PROXY"] == "internal,127.0.0.1,localhost"
            assert urllib.request.urlopen(f"{nomad_mock.address}/v1/jobs").read() == b"[]"

        def test_of_the_user(nomad_mock):
            assert (os.environ["NOMAD_REGION"], os.environ["NO_PROXY"]) == ("eu", "internal")
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=2)


def test_a_factory_makes_more_of_them(pytester: pytest.Pytester) -> None:
    """The factory makes mocks with addresses of their own, which are gone after the test."""
    pytester.makepyfile(
        """
        def test_two(nomad_mock_factory):
            one, two = nomad_mock_factory(nodes=1), nomad_mock_factory(nodes=2)
            assert one.url != two.url
            assert [len(mock.nodes.list()) for mock in (one, two)] == [1, 2]

        def test_gone(nomad_mock_session):
            assert len(nomad_mock_session.spaces()) == 1
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=2)


def test_every_setting_can_be_given_in_three_ways(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line counts before the environment, and that before the ini file."""
    pytester.makeini(
        "[pytest]\nnomad_mock_nodes = 2\nnomad_mock_seed = 5\nnomad_mock_strict = true\nnomad_mock_speed = 9"
    )
    monkeypatch.setenv("NOMAD_MOCK_SEED", "6")
    monkeypatch.setenv("NOMAD_MOCK_ENV", "yes")
    monkeypatch.setenv("NOMAD_MOCK_CORS", "http://A:1, http://b")
    pytester.makepyfile(
        """
        import os
        import pytest

        def test_settings(nomad_mock):
            settings = nomad_mock.call("GET", "/settings")
            given = {name: settings[name] for name in ("nodes", "seed", "strict", "speed")}
            assert given == {"nodes": 4, "seed": 6, "strict": True, "speed": 9}
            assert settings["cors"] == ["http://a:1", "http://b"]
            assert os.environ["NOMAD_ADDR"] == nomad_mock.url

        @pytest.mark.nomad_mock(cors="*")
        def test_marked(nomad_mock):
            assert nomad_mock.settings()["cors"] == ["*"]
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN, "--nomad-mock-nodes", "4")
    result.assert_outcomes(passed=2)
    cors = "cors [[]'http://a:1', 'http://b']"
    result.stdout.fnmatch_lines([f"nomad-mock: seed 6, nodes 4, speed 9.0, strict True, {cors}, env True"])


def test_a_failing_test_says_how_its_mock_varied(pytester: pytest.Pytester) -> None:
    """Seed, freedoms and a command that repeats the test stand in the report; a test that passes says nothing."""
    pytester.makepyfile(
        """
        import json, urllib.request

        def test_of_order(nomad_mock):
            reply = urllib.request.urlopen(nomad_mock.url + "/v1/agent/self")
            names = list(json.load(reply)["config"])
            assert names == sorted(names)

        def test_of_nothing(nomad_mock):
            assert nomad_mock.settings()["vary"]["seed"] == 7
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN, "--nomad-mock-vary", "7:json.key-order,index.*")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "nomad-mock: vary {'seed': 7, *",
            "*- nomad-mock -*",
            "The mock at http://* varied with seed 7; its replies made use of:",
            "  json.key-order (1 reply)",
            "Repeat it with: *test_of_order' --nomad-mock-vary '7:json.key-order'",
        ]
    )
    assert result.stdout.str().count("varied with seed") == 1
    again = pytester.runpytest_inprocess(*PLUGIN, "-k", "order", "--nomad-mock-vary", "7:json.key-order")
    again.assert_outcomes(failed=1, deselected=1)


def test_a_marker_lets_a_mock_vary(pytester: pytest.Pytester) -> None:
    """A marker takes a seed or a whole setting; the session's mock is told of as well."""
    pytester.makepyfile(
        """
        import pytest, urllib.request

        @pytest.mark.nomad_mock(vary={"seed": 3, "freedoms": ["json.white-space"]})
        def test_marked(nomad_mock, nomad_mock_factory, nomad_mock_session):
            for mock in (nomad_mock, nomad_mock_factory(vary=5)):
                urllib.request.urlopen(mock.url + "/v1/regions").read()
            assert nomad_mock_session.settings()["vary"]["seed"] == -1

        @pytest.mark.nomad_mock(vary=None)
        def test_plain(nomad_mock):
            assert urllib.request.urlopen(nomad_mock.url + "/v1/regions").read() == b'["wrong"]'

        @pytest.mark.nomad_mock(vary={"seed": 3, "freedoms": ["json.white-spice"]})
        def test_misspelt(nomad_mock):
            pass
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN, "--nomad-mock-vary", "random:json.white-space")
    result.assert_outcomes(failed=2, errors=1)
    result.stdout.fnmatch_lines(["*did you mean json.white-space?*"])
    text = result.stdout.str()
    assert "varied with seed 3; its replies made use of:" in text
    assert "varied with seed 5; its replies made use of:" in text
    assert "'freedoms': ['json.white-space']} in its marker nomad_mock" in text
    assert text.count("; its replies made use of:") == 3


@pytest.mark.parametrize("word", ["x", "7:json.white-spice", "7:weather.electoin"])
def test_what_cannot_vary_is_refused(pytester: pytest.Pytester, word: str) -> None:
    """A misspelt freedom ends the run before its first test, with the nearest valid one."""
    result = pytester.runpytest_inprocess(*PLUGIN, "--nomad-mock-vary", word)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    near = "json.white-space" if "json" in word else "weather.election"
    said = f"did you mean {near}?" if ":" in word else "a seed"
    result.stderr.fnmatch_lines([f"*nomad_mock_vary: '{word}'*{said}*"])


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_setting_that_cannot_be_read_is_refused(pytester: pytest.Pytester, quiet: tuple[str, ...]) -> None:
    """A malformed setting ends the run before the first test, with all three of its names."""
    result = pytester.runpytest_inprocess(*PLUGIN, *quiet, "--nomad-mock-strict", "maybe")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--nomad-mock-strict, NOMAD_MOCK_STRICT or nomad_mock_strict: 'maybe'*"])


def test_mistakes_are_shown_where_they_were_made(pytester: pytest.Pytester) -> None:
    """A wrong marker is reported without a traceback, and a wrong call at the line of the test."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.nomad_mock("manual")
        def test_position(nomad_mock): pass

        @pytest.mark.nomad_mock(clock="fast")
        def test_value(nomad_mock): pass

        def test_call(nomad_mock):
            nomad_mock.clock.advance("soon")

        def test_requests(nomad_mock):
            nomad_mock.assert_called(operation="register")
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(errors=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "the marker nomad_mock takes settings by name, as in clock='manual', not 'manual'",
            "no mock can be made of these settings: the body is not as described",
            '  body/clock: "fast" is unknown; there are: real, manual',
            ">       nomad_mock.clock.advance(*",
            "E       mockserver.client.MockError: the body is not as described",
            ">       nomad_mock.assert_called(*",
            "E       AssertionError: expected at least once, came 0 times:*",
        ]
    )
    result.stdout.no_fnmatch_line("*controls.py*")
    result.stdout.no_fnmatch_line("*During handling of the above exception*")


def test_settings_of_the_session_are_explained(pytester: pytest.Pytester) -> None:
    """Settings that make no world fail the test with the reason alone."""
    pytester.makepyfile("def test_it(nomad_mock): pass")
    result = pytester.runpytest_inprocess(*PLUGIN, "--nomad-mock-speed", "-1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["no mock can be made of these settings: settings/speed: -1.0 is too small: write 1e-06 or more"]
    )
    result.stdout.no_fnmatch_line("*Error:*")


def test_it_says_what_it_offers(pytester: pytest.Pytester) -> None:
    """``pytest --help``, ``--fixtures`` and ``--markers`` list options, fixtures and the marker."""
    result = pytester.runpytest_inprocess(*PLUGIN, "--fixtures")
    result.stdout.fnmatch_lines(["nomad_mock -- *", "nomad_mock_factory -- *"])
    pytester.runpytest_inprocess(*PLUGIN, "--markers").stdout.fnmatch_lines(["@pytest.mark.nomad_mock(seed=None*"])
    help_text = pytester.runpytest_inprocess(*PLUGIN, "--help").stdout.str()
    assert all(option.flag in help_text and option.key in help_text for option in pytest_options.OPTIONS)


def test_each_worker_has_a_server_of_its_own(pytester: pytest.Pytester) -> None:
    """Under pytest-xdist each worker has its own server."""
    pytester.makepyfile(
        """
        import pytest
        from mockserver.testing import example_job

        @pytest.mark.parametrize("number", range(6))
        def test_alone(nomad_mock, number):
            assert [each["JobModifyIndex"] for each in nomad_mock.seed(example_job("a"))] == [6]
        """
    )
    pytester.runpytest_subprocess("-p", "xdist", *PLUGIN, "-n", "2").assert_outcomes(passed=6)


def test_loading_it_costs_nothing() -> None:
    """The plugin imports no server before a fixture is used."""
    heavy = {"starlette", "uvicorn", "orjson", "jsonschema_rs", "asyncio", "http.client", "mockserver.client"}
    code = f"""import pytest, sys; before = set(sys.modules); import mockserver.pytest_plugin
print((set(sys.modules) - before) & {heavy!r})"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "set()\n"
    assert len(runpy.run_path(pytest_options.__file__)["OPTIONS"]) == len(pytest_options.OPTIONS)


@pytest.mark.parametrize(
    ("ini", "said"),
    [
        ("nomad_mock_sede = 1", "there is no ini key nomad_mock_sede; did you mean nomad_mock_seed?"),
        ("nomad_mock_clock = manaul", "nomad_mock_clock: 'manaul' is unknown; did you mean manual? (real, or manual"),
        ("nomad_mock_nodes = two", "nomad_mock_nodes: 'two' is not a whole number (how many"),
        ("nomad_mock_speed = fast", "nomad_mock_speed: 'fast' is not a number, such as 60 (let time"),
        ("nomadmock_seed = 1", "there is no ini key nomadmock_seed; did you mean nomad_mock_seed?"),
        ("nomad_mok_seed = 1", "there is no ini key nomad_mok_seed; did you mean nomad_mock_seed?"),
        ("nomad_mock_x = 1", "there is no ini key nomad_mock_x; did you mean *?"),
    ],
)
def test_a_misspelt_ini_key_ends_the_run(pytester: pytest.Pytester, ini: str, said: str) -> None:
    """A misspelt key of ours in the ini file, or a value of ours that is none, ends the run."""
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess(*PLUGIN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{said}*"])


def test_a_misspelt_key_in_a_toml_file_ends_the_run(pytester: pytest.Pytester) -> None:
    """A misspelt key in pyproject.toml ends the run; other tables of the file are ignored."""
    text = "[project.scripts]\nnomad_mock = 'x:y'\n[tool.pytest.ini_options]\n"
    pytester.makepyprojecttoml(text)
    assert pytester.runpytest_inprocess(*PLUGIN).ret == pytest.ExitCode.NO_TESTS_COLLECTED
    pytester.makepyprojecttoml(f"{text}nomad_mock_sede = '1'\n")
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.stderr.fnmatch_lines(["*there is no ini key nomad_mock_sede; did you mean nomad_mock_seed?*"])


def test_a_misspelt_ini_key_on_the_command_line_ends_the_run(pytester: pytest.Pytester) -> None:
    """A misspelt key given by ``-o`` ends the run."""
    result = pytester.runpytest_inprocess(*PLUGIN, "-o", "nomad_mock_nodse=3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no ini key nomad_mock_nodse; did you mean nomad_mock_nodes?*"])


def test_a_misspelt_variable_ends_the_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable of ours ends the run; a variable unlike any of ours is ignored."""
    monkeypatch.setenv("NOMAD_MOCK_SEDE", "1")
    result = pytester.runpytest_inprocess(*PLUGIN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no variable NOMAD_MOCK_SEDE; did you mean NOMAD_MOCK_SEED?*"])
    monkeypatch.delenv("NOMAD_MOCK_SEDE")
    with monkeypatch.context() as patched:
        patched.setenv("NOMAD_MOK_STRICT_CLIENTS", "true")
        result = pytester.runpytest_inprocess(*PLUGIN)
    result.stderr.fnmatch_lines(["*no variable NOMAD_MOK_STRICT_CLIENTS; did you mean NOMAD_MOCK_STRICT_CLIENTS?*"])
    monkeypatch.setenv("NOMAD_MOCK_ADDRESS", "1")
    assert pytester.runpytest_inprocess(*PLUGIN).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_marker_that_counts_for_nothing_is_warned_of(pytester: pytest.Pytester) -> None:
    """A test that has the marker, but not the fixture, meets another world than its author thinks."""
    pytester.makepyfile(
        """
        import pytest

        three = pytest.mark.nomad_mock(nodes=3)

        @three
        def test_without(): pass

        @three
        def test_session(nomad_mock_session): pass

        @three
        def test_factory(nomad_mock_factory): nomad_mock_factory()

        @three
        def test_used(nomad_mock): assert len(nomad_mock.nodes.list()) == 3

        @three
        def test_by_name(request): assert len(request.getfixturevalue("nomad_mock").nodes.list()) == 3

        @three
        class TestAll:
            def test_without(self): pass
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN, "-W", "always")
    result.assert_outcomes(passed=6, warnings=3)
    result.stdout.fnmatch_lines(["*::test_without: the marker nomad_mock counts for the fixture nomad_mock alone*"])
    strict = pytester.runpytest_inprocess(*PLUGIN, "-k", "test_session", "-W", "error")
    strict.assert_outcomes(failed=1, deselected=5)


def test_a_misspelt_setting_of_the_marker_fails_the_test(pytester: pytest.Pytester) -> None:
    """The error names the nearest setting or marker, and ``env`` accepts only true or false."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.nomad_mock(evn=True)
        def test_name(nomad_mock): pass

        @pytest.mark.nomad_mock(env="false")
        def test_value(nomad_mock): pass

        @pytest.mark.nomad_mok(env=True)
        def test_marker(nomad_mock): pass

        @pytest.mark.nomad
        @pytest.mark.nomad_mocks
        def test_other_marker(nomad_mock): pass
        """
    )
    pytester.makeini("[pytest]\nfilterwarnings = default\nmarkers = nomad\n  nomad_mocks: ours")
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=1, errors=3, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "the marker nomad_mock knows no 'evn'; did you mean env?",
            "the marker nomad_mock takes env=True or env=False, not 'false'",
            "there is no marker nomad_mok; did you mean nomad_mock?",
        ]
    )


def test_a_failing_test_explains_itself(pytester: pytest.Pytester) -> None:
    """A failing test shows what came, findings included, and the seed; what is not met fails a test or warns."""
    pytester.makepyfile(
        """
        import pytest, urllib.error, urllib.request

        def get(mock, path):
            try:
                urllib.request.urlopen(mock.url + path).close()
            except urllib.error.HTTPError as refusal:
                return refusal.code

        def test_wrong(nomad_mock):
            get(nomad_mock, "/v1/jobs?regoin=global")
            for _ in range(3):
                get(nomad_mock, "/v1/job/a")
            assert nomad_mock.settings()["seed"] == 7 and False

        @pytest.mark.nomad_mock(seed=5)
        def test_unmet(nomad_mock):
            nomad_mock.expect("GET", "/v1/job/web").respond(503)

        def test_met(nomad_mock):
            nomad_mock.expect("GET", "/v1/job/web").respond(503)
            assert get(nomad_mock, "/v1/job/web") == 503

        def test_unused(nomad_mock, nomad_mock_session):
            nomad_mock.fault("hang", match={"path": "/v1/never"})

        @pytest.mark.nomad_mock(unused_faults="fail", journal_limit=0)
        def test_unused_fails(nomad_mock):
            nomad_mock.tasks.rule({"hang": True}, job="web")

        def test_dropped(nomad_mock_factory):
            mock = nomad_mock_factory()
            mock.fault("hang")
            mock.expect("GET", "/v1/job/web")
            mock.drop_space()

        @pytest.mark.nomad_mock(unused_faults="wran")
        def test_misspelt(nomad_mock): pass

        def test_strict(nomad_mock):
            assert get(nomad_mock, "/v1/jobs?regoin=global") == 400
        """
    )
    pytester.makeini("[pytest]\nnomad_mock_strict_clients = true\nfilterwarnings = default")
    result = pytester.runpytest_inprocess(*PLUGIN, "--nomad-mock-seed", "7")
    result.assert_outcomes(passed=4, failed=3, errors=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "The mock at http://* had the seed 7 (again with --nomad-mock-seed 7).",
            "Requests, the newest last:",
            "  #1 GET /v1/jobs?regoin=global -> 400*: strict clients: *",
            "      !! request: query parameter regoin is ignored; did you mean region?",
            "  #2 GET /v1/job/a -> 404 (3 times, to #4): job not found",
            "expected once, came 0 times: {'method': 'GET', 'path': '/v1/job/web'}",
            "The mock at http://* had the seed 5.",
            "No request came.",
            "no task started under rule 1, for job 'web'",
            "The mock at http://* had the seed 7, and kept no journal.",
            "*PytestWarning: no request met fault 1, hang, for {'path': '/v1/never'}",
        ]
    )
    strict = pytester.runpytest_inprocess(*PLUGIN, "-k", "unused", "-W", "error")
    strict.assert_outcomes(failed=2, deselected=6)
    strict.stdout.no_fnmatch_line("*pytest_plugin.py*")
