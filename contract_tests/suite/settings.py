"""Settings of a run, worked out once from the options and from what the server says it is."""

import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest

from contract_tests.client.identity import identify
from contract_tests.client.patience import Experience
from contract_tests.client.target import Target
from contract_tests.suite.launch import OTHER_REGION
from contract_tests.suite.profiles import PROFILES

REFERENCE = ("0.5.3", "0.5.4")
"""The versions whose observed behaviour the SHOULD statements tell."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one run."""

    target: Target
    prefix: str
    profile: str
    level: str
    version: str
    region: str
    only: list[str] = field(default_factory=list)
    allow_placement: bool = False
    companion: bool = False
    driver: str = "raw_exec"
    datacenter: str = "dc1"
    other_region: str = ""
    time_limit: float | None = None
    """Seconds after which the run ends, 0 for never; None leaves it to the profile."""
    allow_incomplete: bool = False
    seed: str = ""
    began: float = field(default_factory=time.monotonic)
    """The moment at which the run began, on the clock that all processes of a machine share."""
    baseline: str = ""
    """The release, or the file or folder of reports, that the server is judged by; "" for the contract alone."""
    lenient: bool = True
    """Whether the jobs go beyond what the page shows: a server that is, or is judged by, 0.5.4 takes them."""
    experience: Experience = field(default_factory=Experience)
    """How fast the server was until these settings were made."""

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain data, for an xdist worker."""
        return asdict(self)

    def at(self, address: str) -> "Settings":
        """Return the same settings for another server of the same kind."""
        return replace(self, target=replace(self.target, address=address))

    def shared(self, workers: int) -> "Settings":
        """Return the settings of one of several processes, which together send no more requests than allowed."""
        return replace(self, target=replace(self.target, rate_limit=self.target.rate_limit / workers))

    @staticmethod
    def from_dict(data: dict[str, Any]) -> "Settings":
        """Return the settings that a worker was sent."""
        made = {"target": Target(**data["target"]), "experience": Experience(**data["experience"])}
        return Settings(**{**data, **made})


def settings_of(
    config: pytest.Config, address: str, *, own_mock: bool, prefix: str, baseline: str = "", release: str = ""
) -> Settings:
    """Return the settings of a run against the server at an address.

    Args:
        config: holds the options.
        address: of the server.
        own_mock: whether the server is the mock that the run started itself.
        prefix: of every job ID of the run.
        baseline: what the server is judged by, if by a release.
        release: that release.
    """

    def option(name: str) -> Any:
        return config.getoption(f"nomad_{name.replace('-', '_')}")

    began = time.monotonic()
    target = Target.at(
        address,
        http_auth=option("http-auth"),
        headers=pairs(option("header")),
        rate_limit=option("rate-limit") or 0.0,
        region=option("region"),
        namespace=option("namespace"),
        token=option("token"),
        cacert=option("cacert"),
        client_cert=option("client-cert"),
        client_key=option("client-key"),
        skip_verify=option("skip-verify"),
        patience=option("patience") or PROFILES[option("profile")].patience,
    )
    identity = identify(target)
    version = option("server-version").removeprefix("v") or identity.version or ("mock" if own_mock else "")
    others = [region for region in identity.regions if region != identity.region]
    return Settings(
        target=target,
        prefix=prefix,
        profile=option("profile"),
        level=(option("level") or ("should" if baseline else default_level(version))).upper(),
        version=version,
        region=identity.region,
        only=option("only"),
        allow_placement=option("allow-placement") or own_mock,
        companion=option("companion") or own_mock,
        driver=option("driver"),
        datacenter=option("datacenter"),
        other_region=option("other-region") or (others[0] if others else OTHER_REGION if own_mock else ""),
        time_limit=option("time-limit"),
        allow_incomplete=option("allow-incomplete"),
        seed=str(config.getoption("hypothesis_seed", "") or ""),
        began=began,
        baseline=baseline,
        lenient=is_reference(release if baseline else version),
        experience=identity.experience,
    )


def pairs(headers: list[str]) -> list[tuple[str, str]]:
    """Return names and values of headers that are given as ``NAME:VALUE``."""
    return [(name, value) for name, _, value in (one.partition(":") for one in headers)]


def is_reference(version: str) -> bool:
    """Return whether the SHOULD statements were observed on this version."""
    return version == "mock" or version.split("-")[0] in REFERENCE


def default_level(version: str) -> str:
    """Return the level enforced on a version: observed behaviour binds only the version it was observed on."""
    return "should" if is_reference(version) else "must"
