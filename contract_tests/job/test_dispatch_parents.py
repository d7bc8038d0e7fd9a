"""PUT and POST /v1/job/<ID>/dispatch: parents that are spelled otherwise or were updated; the order of refusals."""

import re

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_dispatch import child_of, parent
from contract_tests.job.test_evaluations import by_id
from contract_tests.job.test_periodic_force import launched
from contract_tests.job.test_register_verbatim import several
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.suite import verify

NEED = {"need": "x"}


@states("job.dispatch.id-begins-with-parent", "job.dispatch.spelling")
def test_the_child_of_a_parent_with_a_slash_or_in_another_spelling(nomad: Nomad, factory: JobFactory) -> None:
    """The ID of a child begins with all of its parent's, spelled as that is stored, not as it was asked for."""
    job = factory.parameterized(nomad.new_id("SpelleD") + "/a/b")
    nomad.register(job)
    for asked in (job["ID"], job["ID"].replace("SpelleD", "spelled")):
        child = child_of(nomad, verify.ok("job.dispatch.spelling", nomad.dispatch(asked, meta=NEED)))
        statement = "job.dispatch.id-begins-with-parent" if asked == job["ID"] else "job.dispatch.spelling"
        begins = re.fullmatch(re.escape(job["ID"]) + r"/dispatch-[^/]+", child.json["ID"]) is not None
        verify.that(statement, child, begins, f"{job['ID']}/dispatch-…", child.json["ID"])
        verify.equal("job.dispatch.spelling", child, child.json["ParentID"], job["ID"])


@states("job.dispatch.spelling")
def test_the_spelling_in_refusals(nomad: Nomad, factory: JobFactory) -> None:
    """A refusal names the job as it was asked for; the JobID of a body has to be the URL's to the letter."""
    statement = "job.dispatch.spelling"
    plain = factory.idle(nomad.new_id("SpelleD"))
    nomad.register(plain)
    asked = plain["ID"].replace("SpelleD", "spelled")
    text = f'Specified job "{asked}" is not a parameterized job'
    verify.refused(statement, nomad.dispatch(asked), 500, text)
    for job_id, in_body in ((plain["ID"], asked), (asked, plain["ID"])):
        done = nomad.act("dispatch", job_id, {"JobID": in_body})
        verify.refused(statement, done, 400, "Job ID does not match")


@states("job.dispatch.refusals-in-order")
def test_which_refusal_comes_first(nomad: Nomad, factory: JobFactory) -> None:
    """The payload is checked before the metadata, its rule before its size, unpermitted keys before missing ones."""
    statement = "job.dispatch.refusals-in-order"
    unpermitted = "Dispatch request included unpermitted metadata keys: [zz]"
    missing = "Dispatch did not provide required meta keys: [need]"
    large, zz = b"x" * 16385, {"zz": "1"}
    required, forbidden = parent(nomad, factory, "required"), parent(nomad, factory, "forbidden")
    cases = [
        (required, None, zz, "Payload is not provided but required by parameterized job"),
        (forbidden, large, zz, "Payload provided but forbidden by parameterized job"),
        (required, large, zz, "Payload exceeds maximum size; 16385 > 16384"),
        (required, b"x", zz, unpermitted),
        (required, b"x", {}, missing),
        (forbidden, None, zz, unpermitted),
    ]
    for job_id, payload, meta, text in cases:
        verify.refused(statement, nomad.dispatch(job_id, payload=payload, meta=meta), 500, text)


@states("job.dispatch.refuses.meta")
def test_what_a_parent_has_need_be_given_all_the_same(nomad: Nomad, factory: JobFactory) -> None:
    """A required key has to be given even when the parent's own metadata has it; its value may be empty."""
    statement = "job.dispatch.refuses.meta"
    parent_id = parent(nomad, factory, Meta={"need": "own", "may": "own"})
    missing = "Dispatch did not provide required meta keys: [need]"
    for given in ({}, {"may": "x"}):
        verify.refused(statement, nomad.dispatch(parent_id, meta=given), 500, missing)
    child = child_of(nomad, verify.ok(statement, nomad.dispatch(parent_id, meta={"need": ""})))
    verify.equal("job.dispatch.carries-meta", child, child.json["Meta"], {"need": "", "may": "own"})


@states("job.dispatch.leaves-the-parent")
def test_many_dispatches_leave_the_parent(nomad: Nomad, factory: JobFactory) -> None:
    """However often a parent is dispatched, it stays as it was, and so do the children that are there."""
    statement = "job.dispatch.leaves-the-parent"
    parent_id = parent(nomad, factory)
    before = nomad.job(parent_id).json
    children: dict[str, object] = {}
    for number in range(5):
        child_id = child_of(nomad, nomad.dispatch(parent_id, meta={"need": str(number)})).json["ID"]
        nomad.settle(child_id)
        children[child_id] = nomad.job(child_id).json
    after = nomad.job(parent_id)
    verify.equal(statement, after, after.json, before)
    for child_id, then in children.items():
        found = nomad.job(child_id)
        verify.equal(statement, found, found.json, then)


@states("job.dispatch.id-form")
def test_the_end_of_an_id_is_random(nomad: Nomad, factory: JobFactory) -> None:
    """The last eight digits of two children are neither alike nor counted."""
    parent_id = parent(nomad, factory)
    made = [child_of(nomad, nomad.dispatch(parent_id, meta=NEED)) for _ in range(4)]
    ends = [int(one.json["ID"][-8:], 16) for one in made]
    counted = max(ends) - min(ends) < 2**16
    verify.that("job.dispatch.id-form", made[-1], not counted, "eight random digits", [hex(one) for one in ends])


@states("job.dispatch.child-is-the-parents-copy")
def test_a_child_is_a_copy_of_the_parent_as_it_is_now(nomad: Nomad, factory: JobFactory) -> None:
    """Children are copies of the parent's present version; earlier children stay as they were."""
    statement = "job.dispatch.child-is-the-parents-copy"
    job = factory.parameterized(nomad.new_id(), Priority=41, Meta={"own": "1"})
    nomad.register(job)
    old = child_of(nomad, nomad.dispatch(job["ID"], meta=NEED)).json["ID"]
    changed = factory.parameterized(job["ID"], "required", Priority=42, Meta={"own": "2"})
    changed["TaskGroups"][0]["Tasks"][0]["Env"] = {"NEW": "1"}
    nomad.register(changed)
    new = child_of(nomad, nomad.dispatch(job["ID"], payload=b"x", meta=NEED)).json["ID"]
    for child_id, priority, own, env in ((old, 41, "1", None), (new, 42, "2", {"NEW": "1"})):
        found = nomad.job(child_id)
        task = found.json["TaskGroups"][0]["Tasks"][0]
        shown = (found.json["Priority"], found.json["Meta"], task["Env"])
        verify.equal(statement, found, shown, (priority, {"own": own, **NEED}, env))


@states("job.dispatch.child-is-the-parents-copy")
def test_a_child_has_every_member_of_its_parent(nomad: Nomad, factory: JobFactory) -> None:
    """Of lists and maps with three and more members, at every level, a child has each one in its place."""
    statement = "job.dispatch.child-is-the-parents-copy"
    job = {**several(nomad.new_id(), factory), "Periodic": None, "ParameterizedJob": {}}
    verify.ok(statement, nomad.register(job))
    child = child_of(nomad, nomad.dispatch(job["ID"]))
    own = {"ID": child.json["ID"], "Name": child.json["ID"], "ParentID": job["ID"], "ParameterizedJob": None}
    verify.alike(statement, child, differences({**readback(job), **own}, child.json))


@states("job.dispatch.refuses.meta")
def test_each_of_several_keys_counts(nomad: Nomad, factory: JobFactory) -> None:
    """Of three required keys each has to be given, and of three optional ones each may be."""
    statement = "job.dispatch.refuses.meta"
    keys = ["one", "two", "three"]
    parent_id = parent(nomad, factory, ParameterizedJob={"MetaRequired": keys, "MetaOptional": ["b", "c", "a"]})
    for key in keys:
        given = {one: "1" for one in (*keys, "a", "b", "c") if one != key}
        text = f"Dispatch did not provide required meta keys: [{key}]"
        verify.refused(statement, nomad.dispatch(parent_id, meta=given), 500, text)
        verify.ok(statement, nomad.dispatch(parent_id, meta={**given, key: "1"}))


@states("job.dispatch.refuses.meta", "job.dispatch.refuses.payload")
def test_the_rules_are_those_of_the_parent_as_it_is_now(nomad: Nomad, factory: JobFactory) -> None:
    """What may be given, and what has to be, is what the parent's present version says."""
    meta_rules, payload_rules = "job.dispatch.refuses.meta", "job.dispatch.refuses.payload"
    job_id = parent(nomad, factory)
    child_of(nomad, nomad.dispatch(job_id, payload=b"x", meta={**NEED, "may": "1"}))
    rules = {"Payload": "forbidden", "MetaRequired": ["other"], "MetaOptional": ["need"]}
    nomad.register(factory.parameterized(job_id, ParameterizedJob=rules))
    forbidden = "Payload provided but forbidden by parameterized job"
    verify.refused(payload_rules, nomad.dispatch(job_id, payload=b"x", meta={"other": "1"}), 500, forbidden)
    missing = "Dispatch did not provide required meta keys: [other]"
    verify.refused(meta_rules, nomad.dispatch(job_id, meta=NEED), 500, missing)
    unpermitted = "Dispatch request included unpermitted metadata keys: [may]"
    verify.refused(meta_rules, nomad.dispatch(job_id, meta={"other": "1", "may": "1"}), 500, unpermitted)
    child_of(nomad, nomad.dispatch(job_id, meta={**NEED, "other": "1"}))
    nomad.register(factory.parameterized(job_id, ParameterizedJob={"Payload": "required"}))
    required = "Payload is not provided but required by parameterized job"
    verify.refused(payload_rules, nomad.dispatch(job_id), 500, required)
    child_of(nomad, nomad.dispatch(job_id, payload=b"x"))


@states("job.dispatch.periodic-parents")
def test_a_parent_that_is_periodic_too(nomad: Nomad, factory: JobFactory) -> None:
    """A job that is periodic and parameterized has children of either kind, which keep the other."""
    statement = "job.dispatch.periodic-parents"
    job = factory.periodic(nomad.new_id(), ParameterizedJob={"MetaOptional": ["may"]})
    done = verify.ok(statement, nomad.register(job))
    verify.equal(statement, done, (done.json["EvalID"], done.index), ("", 0))
    stored = nomad.job(job["ID"]).json
    verify.refused(statement, nomad.evaluate(job["ID"]), 500, "can't evaluate periodic job")
    dispatched = verify.ok(statement, nomad.dispatch(job["ID"], payload=b"x", meta={"may": "1"}))
    child = child_of(nomad, dispatched)
    shown = (child.json["Periodic"], child.json["ParameterizedJob"], child.json["Payload"], child.json["Meta"])
    verify.equal(statement, child, shown, (stored["Periodic"], None, "eA==", {"may": "1"}))
    verify.refused(statement, nomad.evaluate(child.json["ID"]), 500, "can't evaluate periodic job")
    forced = verify.ok(statement, nomad.force(job["ID"]))
    instance = launched(nomad, job["ID"], forced)
    kinds = (instance.json["Periodic"], instance.json["ParameterizedJob"])
    verify.equal(statement, instance, kinds, (None, stored["ParameterizedJob"]))
    verify.refused(statement, nomad.evaluate(instance.json["ID"]), 500, "can't evaluate parameterized job")
    again = child_of(nomad, verify.ok(statement, nomad.dispatch(instance.json["ID"])))
    kinds = (again.json["Periodic"], again.json["ParameterizedJob"])
    verify.equal(statement, again, (again.json["ParentID"], *kinds), (instance.json["ID"], None, None))
    for one, made in ((child, dispatched), (instance, forced)):
        by_id(nomad.evaluations(one.json["ID"]), statement, made.json["EvalID"])
        gone = verify.ok(statement, nomad.deregister(one.json["ID"]))
        verify.equal(statement, gone, gone.json["EvalID"], "")
