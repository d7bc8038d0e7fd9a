"""Null in place of an object."""

import pytest

from mockserver.errors import Refused
from mockserver.jobs.null_elements import check_null_elements, first_null_element
from tests.builders import a_group, a_job, a_task
from tests.jobs.validate.parts import a_service, resources
from tests.loose_types import Job


@pytest.mark.parametrize(
    ("job", "place"),
    [
        (a_job(), None),
        (a_job(Datacenters=[None], TaskGroups=None), None),
        (a_job(Constraints=[None]), "/Constraints/0"),
        (a_job(TaskGroups=[a_group(), None]), "/TaskGroups/1"),
        (a_job(a_group(Constraints=[None])), "/TaskGroups/0/Constraints/0"),
        (a_job(a_group(Tasks=[None])), "/TaskGroups/0/Tasks/0"),
        *(
            (a_job(a_group(a_task(**{field: [None]}))), f"/TaskGroups/0/Tasks/0/{field}/0")
            for field in ("Artifacts", "Constraints", "Services", "Templates")
        ),
        (a_job(a_group(a_task(Resources=resources(Networks=[None])))), "/TaskGroups/0/Tasks/0/Resources/Networks/0"),
        (a_job(a_group(a_task(Services=[a_service(Checks=[None])]))), "/TaskGroups/0/Tasks/0/Services/0/Checks/0"),
    ],
)
def test_null_elements(job: Job, place: str | None) -> None:
    """Null where an object is needed is refused (recording register-null-group-drops-connection)."""
    assert first_null_element(job) == place
    if place is None:
        check_null_elements(job)
    else:
        with pytest.raises(Refused, match=f"null is not an object at {place} of the job"):
            check_null_elements(job)
