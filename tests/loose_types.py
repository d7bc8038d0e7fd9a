"""Nomad's objects as tests handle them: made from parts, broken on purpose, looked into without asking for null."""

from typing import Any, TypeAlias

Allocation: TypeAlias = Any
Constraint: TypeAlias = Any
Evaluation: TypeAlias = Any
Job: TypeAlias = Any
JobDiff: TypeAlias = Any
JobSummary: TypeAlias = Any
NetworkResource: TypeAlias = Any
Node: TypeAlias = Any
Task: TypeAlias = Any
