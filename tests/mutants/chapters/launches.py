"""Mutants of periodic jobs: when they launch, and what is launched."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster import periodic, plan
from mockserver.gostd.durations import SECOND
from mockserver.jobs.children import periodic_child
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import call, family, intercepts, replaced, replaces, reply, wrapped

LAUNCHES = "job.register.periodic-launches"


_periodic = family("launches", "job.register.periodic-*")


def _only_planned(self: Any, tracked: Any) -> None:
    self._plan(tracked, tracked.due)


_periodic(
    "never", "No job is launched by itself.", wrapped(periodic.Periodic, "_due", lambda _: _only_planned), LAUNCHES
)
_periodic(
    "overlap",
    "Instances may always overlap.",
    wrapped(periodic.Periodic, "_has_running_child", lambda _: lambda *__: False),
    "job.register.periodic-overlap",
)
_periodic(
    "no-overlap",
    "Instances never overlap.",
    wrapped(
        periodic.Periodic,
        "_due",
        lambda due: lambda self, one: _only_planned(self, one) if self._has_running_child(one.job) else due(self, one),
    ),
    LAUNCHES,
)
_periodic(
    "go-on",
    "A job that is gone or updated is still launched at its old times.",
    wrapped(periodic.Periodic, "deregistered", lambda _: lambda *__: None),
    "job.register.periodic-ends",
)


@mutant("launches.once", "A job is launched once.", LAUNCHES, "job.register.periodic-*")
@replaces(periodic.Periodic, "_due")
def _(self: Any, tracked: Any) -> None:
    tracked.timer = None
    self._launch(periodic_child(tracked.job, tracked.due // SECOND))


mutant("launches.when-disabled", "Disabled jobs are launched.", "job.register.periodic-ends", "job.*")(
    replaced(periodic, "launch_schedule", lambda job: job["Periodic"])
)


@mutant("launches.first-spec", "An update leaves a job's times as they are.", "job.register.periodic-launches", "job.*")
@intercepts(periodic.Periodic, "registered")
def _(registered: Any, self: Any, job: Any) -> None:
    if not (job["ID"] in self._tracked and job["Periodic"] and job["Periodic"]["Enabled"]):
        registered(self, job)


@mutant("launches.stay-periodic", "An instance is periodic itself.", "job.register.periodic-child", "job.*")
@intercepts(periodic, "periodic_child")
def _(child: Any, parent: Any, seconds: int) -> Any:
    rules = {**parent["Periodic"], "Enabled": False}
    return {**child(parent, seconds), "Periodic": rules}


mutant("launches.late-names", "An instance is named by the second after.", LAUNCHES, "job.*")(
    wrapped(periodic, "periodic_child", lambda child: lambda parent, seconds: child(parent, seconds + 5))
)


def _spec(name: str, sentence: str, change: Callable[[str], str]) -> None:
    """Declare a mutant that takes one spec for another."""

    def broken(next_launch: Any, rules: Any, after: Any) -> Any:
        return next_launch({**rules, "Spec": change(rules["Spec"])}, after)

    mutant(f"launches.spec.{name}", sentence, "job.plan.cron-specs", "job.plan.*")(call(plan, "next_launch", broken))


_spec("aliases", "A month is a year.", lambda spec: spec.replace("@monthly", "@yearly").replace("@hourly", "1 * * * *"))
_spec("last-day", "The last day of a month is the 28th.", lambda spec: spec.replace(" L ", " 28 "))
_spec("weekday", "The nearest weekday is the day itself.", lambda spec: spec.replace("15W", "15"))
_spec("second-monday", "The n-th weekday is any.", lambda spec: spec.replace("1#2", "1"))
_spec("last-friday", "The last weekday is any.", lambda spec: spec.replace("5L", "5"))
_spec("sunday", "Sunday is the first weekday.", lambda spec: spec.replace("sun", "1"))
_spec("steps", "Steps are not taken.", lambda spec: spec.replace("/3", "").replace("/2", ""))
_spec("seconds", "Seconds are not looked at.", lambda spec: spec.removeprefix("30 ").removeprefix("7 "))
_spec("lists", "Of a list the first counts.", lambda spec: spec.replace("35,5", "35"))


@mutant("launches.plan-local-time", "The next launch is told in another zone.", "job.plan.cron-specs", "job.plan.*")
def _(breakage: Breakage) -> None:
    def change(reply: dict[str, Any]) -> None:
        if not reply["NextPeriodicLaunch"].startswith("0001"):
            reply["NextPeriodicLaunch"] = reply["NextPeriodicLaunch"].replace("Z", "+01:00")

    reply("plan", change)(breakage)
