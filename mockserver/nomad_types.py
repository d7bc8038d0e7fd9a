"""Names for the JSON objects that travel through the mock.

Each is a plain dict with every key present, in the shape of the reply schema of the same name in
``schemas/replies``. The schemas say what is inside; these names say which one a function means.
"""

from typing import Any, TypeAlias

Job: TypeAlias = dict[str, Any]
TaskGroup: TypeAlias = dict[str, Any]
Task: TypeAlias = dict[str, Any]
Resources: TypeAlias = dict[str, Any]
Network: TypeAlias = dict[str, Any]
Constraint: TypeAlias = dict[str, Any]
Evaluation: TypeAlias = dict[str, Any]
Allocation: TypeAlias = dict[str, Any]
AllocMetric: TypeAlias = dict[str, Any]
TaskState: TypeAlias = dict[str, Any]
JobSummary: TypeAlias = dict[str, Any]
JobDiff: TypeAlias = dict[str, Any]
Node: TypeAlias = dict[str, Any]
DesiredUpdates: TypeAlias = dict[str, dict[str, int]]
"""Per task group: Ignore, Place, Migrate, Stop, InPlaceUpdate, DestructiveUpdate."""
