"""Clients that write what they ask for in a wrong way."""

from urllib.parse import quote, quote_plus

from mockserver.testing import example_job
from tests.conduct.agent import Agent
from tests.conduct.catalogue import breaks


@breaks("conduct.url.id-is-escaped")
def puts_a_question_mark_into_a_path(agent: Agent) -> None:
    """Let the ID end where a query begins."""
    agent.put("/v1/jobs", {"Job": example_job("who?me")})
    agent.get("/v1/job/who?me")


@breaks("conduct.url.id-is-escaped")
def loses_what_follows_a_hash(agent: Agent) -> None:
    """Put the ID into an address whose fragment the library cuts off."""
    agent.put("/v1/jobs", {"Job": example_job("job#1")})
    agent.get("/v1/job/job#1/summary".partition("#")[0])


@breaks("conduct.url.id-is-escaped")
def does_not_escape_a_percent_sign(agent: Agent) -> None:
    """Send an ID that looks like an escape as it is."""
    agent.put("/v1/jobs", {"Job": example_job("a%2Fb")})
    agent.get("/v1/job/a%2Fb")


@breaks("conduct.url.id-is-escaped")
def sends_a_malformed_escape(agent: Agent) -> None:
    """Send a percent sign that begins no escape."""
    agent.put("/v1/jobs", {"Job": example_job("100%zz")})
    agent.get("/v1/job/100%zz")


@breaks("conduct.url.id-is-escaped")
def escapes_twice(agent: Agent) -> None:
    """Escape what the library escapes once more."""
    agent.put("/v1/jobs", {"Job": example_job("team/web")})
    agent.get(f"/v1/job/{quote(quote('team/web', safe=''))}")


@breaks("conduct.url.id-is-escaped")
def escapes_a_space_as_in_a_form(agent: Agent) -> None:
    """Write a plus sign for the space in the name of a job that a list has shown."""
    agent.put("/v1/jobs", {"Job": example_job("my job")})
    agent.get(f"/v1/job/{quote_plus('my job')}")


@breaks("conduct.url.id-is-escaped")
def sends_a_bare_space(agent: Agent) -> None:
    """Put a space into the request line, where it ends the path."""
    agent.put("/v1/jobs", {"Job": example_job("my job")})
    agent.send(b"GET /v1/job/my job HTTP/1.1\r\nHost: x\r\n\r\n")


@breaks("conduct.query.escaped")
def sends_a_bare_space_in_a_query(agent: Agent) -> None:
    """Put a prefix into a query as it is."""
    agent.put("/v1/jobs", {"Job": example_job("my job")})
    agent.send(b"GET /v1/jobs?prefix=my job HTTP/1.1\r\nHost: x\r\n\r\n")


@breaks("conduct.url.id-is-escaped")
def sends_latin_1(agent: Agent) -> None:
    """Escape the bytes of another encoding."""
    agent.put("/v1/jobs", {"Job": example_job("café")})
    agent.get("/v1/job/caf%E9")


@breaks("conduct.url.id-is-escaped")
def sends_bare_unicode(agent: Agent) -> None:
    """Put UTF-8 into the request line."""
    agent.put("/v1/jobs", {"Job": example_job("café")})
    agent.send("GET /v1/job/café HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())


@breaks("conduct.url.id-is-escaped")
def leaves_a_plus_sign_in_a_prefix(agent: Agent) -> None:
    """Send a plus sign in a query, where it is a space."""
    agent.put("/v1/jobs", {"Job": example_job("c++")})
    agent.get("/v1/jobs?prefix=c++")


@breaks("conduct.url.id-is-there")
def asks_for_an_evaluation_without_id(agent: Agent) -> None:
    """Follow the evaluation of a periodic job, which has none."""
    periodic = {"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 *"}
    reply = agent.register(example_job("cron", Type="batch", Periodic=periodic)).json
    agent.get(f"/v1/evaluation/{reply['EvalID']}")


@breaks("conduct.url.id-is-there")
def asks_for_the_job_none(agent: Agent) -> None:
    """Print an absent ID."""
    agent.get(f"/v1/job/{None}/summary")


@breaks("conduct.url.id-in-its-case")
def writes_an_id_in_small_letters(agent: Agent) -> None:
    """Normalise IDs."""
    agent.register(example_job("WebServer"))
    agent.get("/v1/job/webserver")


@breaks("conduct.url.id-matches-body")
def registers_under_another_id(agent: Agent) -> None:
    """Put the name of the file into the path."""
    agent.put("/v1/job/web.json", {"Job": example_job("web")})


@breaks("conduct.url.id-matches-body")
def plans_under_another_id(agent: Agent) -> None:
    """Plan one job at the path of another."""
    agent.put("/v1/job/other/plan", {"Job": example_job("web"), "Diff": True})


@breaks("conduct.url.path-is-clean")
def joins_with_two_slashes(agent: Agent) -> None:
    """Have an address that ends with a slash."""
    agent.get("//v1/jobs")


@breaks("conduct.url.endpoint-of-this-version")
def asks_for_deployments(agent: Agent) -> None:
    """Ask an endpoint of a later release."""
    agent.get("/v1/deployments")


@breaks("conduct.method.of-the-endpoint")
def asks_with_head(agent: Agent) -> None:
    """Ask whether a job is there with a method that the endpoint does not take."""
    agent.ask("HEAD", "/v1/job/web")


@breaks("conduct.method.of-the-endpoint")
def reads_with_post(agent: Agent) -> None:
    """Read a summary with a POST."""
    agent.register(example_job("web"))
    agent.ask("POST", "/v1/job/web/summary")


@breaks("conduct.query.names")
def misspells_a_parameter(agent: Agent) -> None:
    """Send prefx."""
    agent.get("/v1/jobs?prefx=web")


@breaks("conduct.query.names")
def deletes_with_a_later_parameter(agent: Agent) -> None:
    """Ask to purge, which Nomad 0.5 does not know."""
    agent.ask("DELETE", "/v1/job/web?purge=true")


@breaks("conduct.query.values")
def switches_stale_off(agent: Agent) -> None:
    """Send stale=false, which switches it on."""
    agent.get("/v1/jobs?stale=false")


@breaks("conduct.query.values")
def asks_for_all_without_a_value(agent: Agent) -> None:
    """Send a bare all, which is false."""
    agent.get("/v1/job/web/allocations?all")


@breaks("conduct.query.once")
def gives_a_parameter_twice(agent: Agent) -> None:
    """Send two prefixes."""
    agent.get("/v1/jobs?prefix=a&prefix=b")


@breaks("conduct.query.escaped")
def sends_a_malformed_query(agent: Agent) -> None:
    """Send a percent sign in a query as it is."""
    agent.get("/v1/jobs?prefix=100%")


@breaks("conduct.region.as-a-parameter")
def names_the_region_in_a_header(agent: Agent) -> None:
    """Send X-Nomad-Region."""
    agent.get("/v1/jobs", X_Nomad_Region="global")


@breaks("conduct.region.of-the-job")
def sends_a_job_to_another_region(agent: Agent) -> None:
    """Believe that the Region in a job decides where it goes."""
    agent.register(example_job("web", Region="mars"))


@breaks("conduct.headers.none-dropped")
def sends_a_token(agent: Agent) -> None:
    """Send a token to a release that has none."""
    agent.get("/v1/jobs", X_Nomad_Token="5a3c")
