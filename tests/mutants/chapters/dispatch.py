"""Mutants of a dispatch: the child, its payload and metadata, its evaluation."""

from dataclasses import replace
from typing import Any

from mockserver.cluster import cluster, evaluations
from mockserver.cluster.cluster import Cluster, Written
from tests.mutants.around import around
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import child, family, intercepts, replaced

_child = family("dispatch", "job.dispatch.*")


_child(
    "payload-lost",
    "The payload is lost.",
    child(cluster, "dispatched_job", lambda child, _: child.update(Payload=None)),
    "job.dispatch.carries-payload",
)
_child(
    "payload-short",
    "Only 1 KiB of the payload is kept.",
    child(
        cluster, "dispatched_job", lambda child, _: child.update(Payload=child["Payload"] and child["Payload"][:1368])
    ),
    "job.dispatch.carries-payload",
)
_child(
    "payload-plain",
    "The payload is not base64.",
    child(
        cluster,
        "dispatched_job",
        lambda child, _: child.update(Payload=child["Payload"] and child["Payload"].rstrip("=")),
    ),
    "job.dispatch.carries-payload",
)
_child(
    "payload-empty",
    "No payload is an empty text.",
    child(cluster, "dispatched_job", lambda child, _: child.update(Payload=child["Payload"] or "")),
    "job.dispatch.child-is-the-parents-copy",
)
_child(
    "meta-lost",
    "The metadata is lost.",
    child(cluster, "dispatched_job", lambda child, parent: child.update(Meta=parent["Meta"])),
    "job.dispatch.carries-meta",
)
_child(
    "parent-meta-lost",
    "The parent's metadata is lost.",
    child(
        cluster,
        "dispatched_job",
        lambda child, parent: child.update(
            Meta={k: v for k, v in (child["Meta"] or {}).items() if k not in (parent["Meta"] or {})} or None
        ),
    ),
    "job.dispatch.carries-meta",
)
_child(
    "parent-meta-wins",
    "The parent's metadata is above that given.",
    child(
        cluster,
        "dispatched_job",
        lambda child, parent: child.update(Meta={**(child["Meta"] or {}), **(parent["Meta"] or {})} or None),
    ),
    "job.dispatch.carries-meta",
)
_child(
    "meta-trimmed",
    "Metadata is stored without spaces around it.",
    child(
        cluster,
        "dispatched_job",
        lambda child, _: child.update(Meta={k: v.strip() for k, v in (child["Meta"] or {}).items()} or None),
    ),
    "job.dispatch.carries-meta",
)
_child(
    "meta-empty-lost",
    "Empty metadata is left out.",
    child(
        cluster,
        "dispatched_job",
        lambda child, _: child.update(Meta={k: v for k, v in (child["Meta"] or {}).items() if v} or None),
    ),
    "job.dispatch.carries-meta",
)
_child(
    "no-parent-id",
    "ParentID is empty.",
    child(cluster, "dispatched_job", lambda child, _: child.update(ParentID="")),
    "job.dispatch.child-knows-parent",
)
_child(
    "parents-name",
    "The child has the parent's name.",
    child(cluster, "dispatched_job", lambda child, parent: child.update(Name=parent["Name"])),
    "job.dispatch.child-knows-parent",
)
_child(
    "still-parameterized",
    "The child is parameterized.",
    child(cluster, "dispatched_job", lambda child, parent: child.update(ParameterizedJob=parent["ParameterizedJob"])),
    "job.dispatch.child-knows-parent",
)
_child(
    "priority",
    "The child has priority 50.",
    child(cluster, "dispatched_job", lambda child, _: child.update(Priority=50)),
    "job.dispatch.child-is-the-parents-copy",
)
_child(
    "type",
    "The child is of type service.",
    child(cluster, "dispatched_job", lambda child, _: child.update(Type="service")),
    "job.dispatch.child-is-the-parents-copy",
)
_child(
    "counts",
    "The child's groups have count 1.",
    child(
        cluster,
        "dispatched_job",
        lambda child, _: child.update(TaskGroups=[{**g, "Count": 1} for g in child["TaskGroups"]]),
    ),
    "job.dispatch.child-is-the-parents-copy",
)


_child_id = family("dispatch", "job.dispatch.*")


_child_id(
    "id-separator",
    "The child's ID has no slash.",
    replaced(cluster, "child_id", lambda parent, at, suffix: f"{parent}-dispatch-{at}-{suffix}"),
    "job.dispatch.id-begins-with-parent",
)
_child_id(
    "id-milliseconds",
    "The child's ID has milliseconds.",
    replaced(cluster, "child_id", lambda parent, at, suffix: f"{parent}/dispatch-{at}000-{suffix}"),
    "job.dispatch.id-form",
)
_child_id(
    "id-uuid",
    "The child's ID has no time.",
    replaced(cluster, "child_id", lambda parent, _, suffix: f"{parent}/dispatch-{suffix}{suffix}"),
    "job.dispatch.id-form",
)
_child_id(
    "id-again",
    "Every dispatch within a second is the same job.",
    replaced(cluster, "child_id", lambda parent, at, _: f"{parent}/dispatch-{at}-00000000"),
    "job.dispatch.each-is-another-job",
)
_child_id(
    "id-upper",
    "The suffix is in upper case.",
    replaced(
        cluster, "child_id", lambda parent, at, suffix: f"{parent}/dispatch-{at}-{suffix.upper().replace('0', 'A')}"
    ),
    "job.dispatch.id-form",
)


@mutant(
    "dispatch.parent-changes", "A dispatch moves the parent's ModifyIndex.", "job.dispatch.leaves-the-parent", "job.*"
)
@intercepts(Cluster, "dispatch")
def _(dispatch: Any, self: Cluster, job_id: str, *arguments: Any) -> Any:
    done = dispatch(self, job_id, *arguments)
    job = self._existing(job_id)
    self.state._store_job({**job, "ModifyIndex": done.evaluation_index}, done.evaluation_index)
    return done


@mutant(
    "dispatch.parent-gets-meta", "The parent keeps the metadata given.", "job.dispatch.leaves-the-parent", "job.*", "c*"
)
@intercepts(Cluster, "dispatch")
def _(dispatch: Any, self: Cluster, job_id: str, payload: bytes, meta: Any) -> Any:
    done = dispatch(self, job_id, payload, meta)
    job = self._existing(job_id)
    self.state._store_job({**job, "Meta": {**(job["Meta"] or {}), **meta} or None}, done.evaluation_index)
    return done


@mutant(
    "dispatch.not-evaluated",
    "A child gets no evaluation.",
    "job.dispatch.evaluation-is-readable",
    "job.dispatch.*",
    "c*",
)
@intercepts(Cluster, "dispatch")
def _(dispatch: Any, self: Cluster, job_id: str, payload: bytes, meta: Any) -> Any:
    once = Breakage()
    once.replace(Cluster, "_evaluated", lambda _, job, index, __: Written(job["ID"], index))
    try:
        return dispatch(self, job_id, payload, meta)
    finally:
        once.undo()


@mutant(
    "dispatch.parent-evaluated", "The evaluation is the parent's.", "job.dispatch.evaluation-is-readable", "job.*", "c*"
)
def _(breakage: Breakage) -> None:
    def make(for_job: Any) -> Any:
        return lambda job, **options: for_job(
            {**job, "ID": job["ParentID"] if "/dispatch-" in job["ID"] else job["ID"]}, **options
        )

    def evaluated(whole: Any, self: Cluster, job: Any, *arguments: Any) -> Written:
        written: Written = whole(self, job, *arguments)
        return replace(written, job_id=job["ID"])

    breakage.wrap(evaluations, "for_job", make)
    around(breakage, Cluster, "_evaluated", evaluated)


_child(
    "meta-needs-some",
    "Without metadata in the request the child has none.",
    child(
        cluster,
        "dispatched_job",
        lambda child, parent: child.update(Meta=None if child["Meta"] == parent["Meta"] else child["Meta"]),
    ),
    "job.dispatch.carries-meta",
)
