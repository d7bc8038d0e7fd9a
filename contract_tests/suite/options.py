"""The settings of a run: name, environment variable, default and meaning, shared by the command and by pytest."""

OPTIONS: dict[str, tuple[str, str, str]] = {
    "address": ("NOMAD_ADDR", "", "address of the server under test; without it the mock is started"),
    "region": ("NOMAD_REGION", "", "region to send every request to"),
    "namespace": ("NOMAD_NAMESPACE", "", "namespace to send every request to, for Nomad 1.0 or newer"),
    "token": ("NOMAD_TOKEN", "", "value of X-Nomad-Token; never shown"),
    "http-auth": ("NOMAD_HTTP_AUTH", "", "USER:PASSWORD for HTTP basic authentication; never shown"),
    "rate-limit": ("NOMAD_CONTRACT_RATE_LIMIT", "", "send no more than this many requests a second"),
    "cacert": ("NOMAD_CACERT", "", "PEM file of the CA that signed the server's certificate"),
    "client-cert": ("NOMAD_CLIENT_CERT", "", "PEM file of the client certificate"),
    "client-key": ("NOMAD_CLIENT_KEY", "", "PEM file of the client certificate's key"),
    "profile": ("NOMAD_CONTRACT_PROFILE", "default", "smoke, default or deep"),
    "level": ("NOMAD_CONTRACT_LEVEL", "", "lowest level that can fail: must, should or may; default by version"),
    "baseline": (
        "NOMAD_CONTRACT_BASELINE",
        "",
        "judge by what a release does, such as 1.10, or by JSON reports on a server: a file, or a folder of them",
    ),
    "server-version": ("NOMAD_CONTRACT_SERVER_VERSION", "", "version of the server, if it does not say"),
    "driver": ("NOMAD_CONTRACT_DRIVER", "raw_exec", "task driver for statements that need running allocations"),
    "datacenter": ("NOMAD_CONTRACT_DATACENTER", "dc1", "datacenter for statements that need running allocations"),
    "other-region": ("NOMAD_CONTRACT_OTHER_REGION", "", "a second region that the server knows"),
    "report-json": ("", "", "write the JSON report to this file"),
    "report-html": ("", "", "write the HTML report to this file"),
    "report-markdown": ("", "", "write a summary as Markdown to this file"),
    "junit": ("", "", "write JUnit XML to this file, a test case for each statement"),
    "badge": ("", "", "write a shields.io endpoint badge to this file"),
    "prefix": ("", "", "prefix of every job ID of this run; default a random one"),
    "example-database": (
        "NOMAD_CONTRACT_EXAMPLE_DATABASE",
        "",
        "where counterexamples are kept and shared: a folder, a redis:// URL or github:OWNER/REPOSITORY",
    ),
    "patience": (
        "NOMAD_CONTRACT_PATIENCE",
        "",
        "how long the server may take to place, start or launch a job, half of it for a reply; default 20s, smoke 8s",
    ),
    "time-limit": (
        "",
        "",
        "end the run after this time, 0 for never; by default a run against a slow server ends after 26 s "
        "(smoke) or 165 s (default)",
    ),
}
OF_A_SERVER = ("region", "namespace", "token", "http-auth", "cacert", "client-cert", "client-key")
"""The options whose variables tell every client about one server: they say nothing about another."""
NUMBERS = ("patience", "time-limit", "rate-limit")
"""The options whose value is a number."""
SWITCHES = {
    "skip-verify": ("NOMAD_SKIP_VERIFY", "do not check the server's certificate"),
    "allow-placement": ("", "also check what needs running allocations"),
    "companion": (
        "",
        "also check jobs, evaluations, allocations, nodes and the agent beside /v1/job; with placement allowed, "
        "garbage collection too",
    ),
    "allow-incomplete": ("", "exit with 0 although the time was up before every MUST was checked"),
    "verbose": ("", "print a mark for each test and every failure in full"),
    "progress": ("", "print the suite's own progress and summary instead of pytest's"),
}
