"""The suite's memory and time are bounded, whatever a server sends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from contract_tests.client import bounded, json_body
from contract_tests.client.http import Request
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.target import Target
from contract_tests.findings import ContractViolation, Ledger, NotOffered
from mockserver.settings import Settings
from tests import wrong_servers
from tests.contract_suite.test_cli import run
from tests.served import serving

pytestmark = pytest.mark.slow

PREFIX = "nomad-contract-cafe-"
ANSWERS = {
    "endless": wrong_servers.endless,
    "bomb": wrong_servers.bomb,
    "deep": wrong_servers.deep,
    "wide": wrong_servers.wide,
}


MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
sys.exit(print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr) or done.returncode)
"""
"""Runs a command, then prints the most memory that the command, its only child, had resident, in kB."""


def client(address: str, patience: float = 10.0) -> Nomad:
    """Return a client of a run of its own."""
    return Nomad(Target(address, patience=patience), Ledger(), PREFIX)


@pytest.mark.exhaustive
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_reply_without_measure_is_a_finding(answer: str) -> None:
    """A body that is too long, too large unpacked, too deep, or has too many values is a finding."""
    with (
        wrong_servers.wrong_about("GET /v1/job/.*/summary", ANSWERS[answer]) as address,
        closing(client(address)) as nomad,
    ):
        with pytest.raises(ContractViolation) as found:
            assert nomad.summary(nomad.new_id()).json
        assert found.value.statement == "job.summary.reply-is-json"
        assert nomad.job(nomad.new_id()).status == 404


def test_a_run_ends_with_a_verdict() -> None:
    """The command names each statement that does not hold, exits with 1, and stays below 300 MB."""
    operations = ("summary", "allocations", "plan", "evaluate")
    answers = {wrong_servers.OPERATIONS[one]: answer for one, answer in zip(operations, ANSWERS.values(), strict=True)}
    asked = [word for one in operations for word in ("--only", f"job.{one}.reply-is-json")]
    with wrong_servers.wrong(wrong_servers.WrongServer("", answers)) as address:
        done = run("check", "--address", address, "--profile", "smoke", "-n", "1", *asked, before=MEASURE)
    assert done.returncode == 1, done.stdout + done.stderr
    for one in operations:
        assert f"job.{one}.reply-is-json (MUST)" in done.stdout, done.stdout
    assert "ERROR" not in done.stdout, done.stdout
    assert int(done.stderr.splitlines()[-1]) < 300 * 1024


def test_a_reply_that_trickles_is_given_up() -> None:
    """Each request ends with its time; after three of them most others like it are not sent."""
    trickles = wrong_servers.wrong_about("GET /v1/job/.*", wrong_servers.trickling)
    with trickles as address, closing(client(address, 0.2)) as nomad:
        told = []
        for _ in range(12):
            with pytest.raises(ContractViolation) as found:
                nomad.job(nomad.new_id())
            assert found.value.statement == "common.schema.survives-any-input"
            told.append(str(found.value.actual))
        assert [one.startswith("not asked") for one in told] == [*[False] * 3, *[True] * 4, False, *[True] * 4]
        assert nomad.connection.sender.unanswered == 4
        assert nomad.register(JobFactory().idle(nomad.new_id())).ok


@contextmanager
def trickling_headers() -> Iterator[str]:
    """Serve headers that never end, byte by byte."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not over.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        thread.join()


def test_headers_that_trickle_are_given_up() -> None:
    """The timeout of a request includes its headers."""
    with trickling_headers() as address, closing(client(address, 0.3)) as nomad, pytest.raises(ContractViolation):
        nomad.job(nomad.new_id())


def test_the_end_of_the_time_is_that_of_the_whole_request() -> None:
    """Bytes that keep coming do not extend a request's timeout."""
    with (
        wrong_servers.wrong_about("GET /v1/job/.*", wrong_servers.trickling) as address,
        Target(address, patience=0.3).client() as http,
        pytest.raises(httpx.ReadTimeout),
    ):
        http.send(Request("GET", "/v1/job/x"), 0.3)


def test_a_long_list_of_a_cluster_is_not_offered() -> None:
    """A companion endpoint lists everybody's objects, so a list that is too long is no fault."""
    with (
        wrong_servers.wrong_about("GET /v1/allocations", wrong_servers.endless) as address,
        closing(client(address)) as nomad,
        pytest.raises(NotOffered, match="all that the suite reads"),
    ):
        nomad.companion("/v1/allocations")


def test_replies_read_at_the_same_time_share_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many endless replies at once take no more memory than a few, and the bound is free again afterwards."""
    monkeypatch.setattr(bounded, "LONGEST_TOGETHER", 100_000)
    with (
        wrong_servers.wrong_about("GET /v1/job/.*/summary", wrong_servers.endless) as address,
        closing(client(address)) as nomad,
    ):
        for _ in range(3):
            with pytest.raises(ContractViolation) as found:
                nomad.summary(nomad.new_id())
            assert found.value.statement == "job.summary.reply-is-json"
        assert nomad.job(nomad.new_id()).status == 404


def test_what_was_too_long_once_is_read_less_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the next reply to such a request less is read, so that endless replies cost little time."""
    monkeypatch.setattr("contract_tests.client.sender.LONGEST", 2 << 20)
    with (
        wrong_servers.wrong_about("GET /v1/job/.*/summary", wrong_servers.endless) as address,
        closing(client(address)) as nomad,
    ):
        for most in (2, 1):
            with pytest.raises(ContractViolation, match=f"the reply has more than {most} MiB"):
                nomad.summary(nomad.new_id())


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate"])
def test_only_gzip_is_unpacked(encoding: str) -> None:
    """An encoding that was not asked for is not unpacked, and so hides nothing."""
    with pytest.raises(httpx.DecodingError):
        bounded.unpacked(encoding, b"x", 1)


def test_a_proxy_is_found_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy of the environment is used, with its exceptions."""
    for name in ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert bounded.proxy_for("http://example.com:1") is None
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:3128")
    monkeypatch.setenv("no_proxy", "example.org")
    assert bounded.proxy_for("http://example.com:1") == "http://127.0.0.1:3128"
    assert bounded.proxy_for("http://example.org:1") is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[" * 201 + b"]" * 201, "deep"),
        (b"[" + b"0," * json_body.MOST + b"0]", "values"),
        (b"[NaN]", "NaN"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b'"\xff"', "utf-8"),
        (b"[" * 300, "deep"),
    ],
)
def test_what_is_no_document(body: bytes, why: str) -> None:
    """The error says why a body is no JSON document."""
    with pytest.raises(ValueError, match=why):
        json_body.parse(body)


def test_brackets_in_texts_are_no_levels() -> None:
    """Only lists and objects count as levels, not brackets in texts."""
    text = '[{"\\' * 500
    assert json_body.parse(b"[" + b'"[[{",' * 300 + b'"' + b'\\"[' * 300 + b'"]')[0] == "[[{"
    assert json_body.parse(b"[[]" + b",[]" * 500 + b"]") == [[]] * 501
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|deep"):
        json_body.parse(text.encode())


def test_an_over_long_companion_list_hides_no_failure() -> None:
    """A failed statement fails the run, even when others are skipped for a list that is too long."""
    with wrong_servers.wrong_about("GET /v1/(allocations|job/.*/summary)", wrong_servers.endless) as address:
        asked = ("--only", "companion.allocations.prefix", "--only", "job.summary.reply-is-json")
        done = run("check", "--address", address, "--profile", "smoke", "--companion", "--allow-placement", *asked)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "job.summary.reply-is-json (MUST)" in done.stdout, done.stdout


def test_a_check_of_nothing_but_an_over_long_list_is_no_success() -> None:
    """A run that could check none of the selected statements exits with 2."""
    with wrong_servers.wrong_about("GET /v1/evaluations", wrong_servers.endless) as address:
        asked = ("--only", "companion.evaluations.prefix")
        done = run("check", "--address", address, "--profile", "smoke", "--companion", *asked)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "which is all that the suite reads" in done.stdout, done.stdout


def test_the_time_of_a_request_is_beyond_its_wait() -> None:
    """A query that waits for longer than a reply may take is not cut off."""
    with serving(Settings()) as port, closing(client(f"http://127.0.0.1:{port}", 1)) as nomad:
        found = nomad.job(nomad.new_id(), {"index": 10**9, "wait": "1300ms"})
    assert found.status == 404
    assert found.seconds >= 1.3


def test_jobs_that_stay_are_named() -> None:
    """Jobs that could not be removed are named at the end, with the command that removes them."""
    with wrong_servers.wrong_about("DELETE .*", wrong_servers.refusing) as address:
        done = run("check", "--address", address, "--profile", "smoke", "--only", "job.summary.names-the-job")
        prefix = done.stdout.partition("--prefix ")[2].split("\n")[0]
        assert f"LEFT on the server, {done.stdout.count(f'{prefix}job-')} jobs: {prefix}job-" in done.stdout
        assert f"remove them: nomad-contract cleanup --address {address} --prefix nomad-contract-" in done.stdout
        cleaned = run("cleanup", "--address", address, "--prefix", prefix)
        assert cleaned.returncode == 1
        assert f"still there: {prefix}job-" in cleaned.stdout


def test_what_a_server_keeps_is_known_without_its_list() -> None:
    """A job whose removal was not confirmed counts as left, even when the server lists nothing."""
    with serving(Settings()) as port, closing(client(f"http://127.0.0.1:{port}")) as nomad:
        job = JobFactory().idle(nomad.new_id())
        nomad.register(job)
        assert nomad.own.leftovers() == [job["ID"]]
        nomad.own.clean()
        assert nomad.own.leftovers() == []
        nomad.own.claim("somebody-elses", None, 7)
        assert nomad.own.leftovers() == []
