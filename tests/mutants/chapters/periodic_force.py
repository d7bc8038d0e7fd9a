"""Mutants of a forced periodic launch."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster import evaluations, periodic
from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.periodic import Periodic
from mockserver.errors import Refused
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import call, child, intercepts, replaces


def _launch(name: str, sentence: str, change: Callable[[Any, Any], Any], *caught_by: str) -> None:
    """Declare a mutant of the job that a launch makes: ``change(child, parent)``."""
    mutant(f"force.{name}", sentence, "job.periodic-force.*", *caught_by)(child(periodic, "periodic_child", change))


_launch(
    "id-dash",
    "The child's ID has no slash.",
    lambda child, _: child.update(ID=child["ID"].replace("/periodic", "-periodic")),
)
_launch(
    "id-milliseconds",
    "The child's ID has milliseconds.",
    lambda child, _: child.update(ID=child["ID"] + "000", Name=child["ID"] + "000"),
)
_launch("no-parent-id", "ParentID is empty.", lambda child, _: child.update(ParentID=""))
_launch("parents-name", "The child has the parent's name.", lambda child, parent: child.update(Name=parent["Name"]))
_launch("still-periodic", "The child is periodic.", lambda child, parent: child.update(Periodic=parent["Periodic"]))
_launch("meta-lost", "The child has no metadata.", lambda child, _: child.update(Meta=None))
_launch("priority", "The child has priority 50.", lambda child, _: child.update(Priority=50))
_launch(
    "periodic-off",
    "The child keeps a disabled periodic block.",
    lambda child, parent: child.update(Periodic={**parent["Periodic"], "Enabled": False}),
)


@mutant("force.does-nothing", "Nothing is launched.", "job.periodic-force.*")
@replaces(Cluster, "force")
def _(self: Cluster, job_id: str) -> Written:
    return self._submitted(evaluations.for_deregistration(self._existing(job_id)["ID"], job_index=1, ids=self.ids), 1)


@mutant("force.obeys-overlap", "An open instance prevents a launch.", "job.periodic-force.ignores-overlap", "job.p*")
@intercepts(Periodic, "force")
def _(force: Any, self: Periodic, job_id: str) -> Any:
    tracked = self._tracked.get(job_id)
    if tracked and tracked.schedule["ProhibitOverlap"] and self._has_running_child(tracked.job):
        raise Refused("overlap is prohibited")
    return force(self, job_id)


@mutant("force.same-second-refused", "A second launch within a second is refused.", "job.periodic-force.*", "common.*")
@intercepts(Cluster, "_launch")
def _(store: Any, self: Cluster, child: Any) -> Any:
    if self.state.job(child["ID"]) is not None:
        raise Refused("job already exists")
    return store(self, child)


def _forces(name: str, sentence: str, change: Callable[[Any], Any]) -> None:
    def broken(force: Any, self: Cluster, job_id: str) -> Any:
        job = self.state.job(job_id)
        if job is not None and change(job):
            return self._evaluated(
                {**job, "ID": f"{job['ID']}/periodic-1", "Periodic": None, "ParentID": job["ID"]},
                self._store({**job, "ID": f"{job['ID']}/periodic-1", "Periodic": None, "ParentID": job["ID"]}),
                "periodic-job",
            )
        return force(self, job_id)

    mutant(f"force.{name}", sentence, "job.periodic-force.refuses", "common.*")(call(Cluster, "force", broken))


_forces("disabled", "A disabled job is launched.", lambda job: job["Periodic"] and not job["Periodic"]["Enabled"])
_forces("any-job", "A job that is not periodic is launched.", lambda job: job["Periodic"] is None)


@mutant("force.trigger", "A launch says `job-register`.", "job.periodic-force.child", "job.periodic-force.*")
def _(breakage: Breakage) -> None:
    def make(for_job: Any) -> Any:
        return lambda job, triggered_by, **options: for_job(
            job, triggered_by=triggered_by.replace("periodic-job", "job-register"), **options
        )

    breakage.wrap(evaluations, "for_job", make)


@mutant(
    "force.parent-changes", "A launch moves the parent's ModifyIndex.", "job.periodic-force.counts-as-child", "job.p*"
)
@intercepts(Cluster, "force")
def _(force: Any, self: Cluster, job_id: str) -> Any:
    done = force(self, job_id)
    job = self._existing(job_id)
    self.state._store_job({**job, "ModifyIndex": done.evaluation_index}, done.evaluation_index)
    return done
