"""The whole catalogue: importing this declares every mutant."""

from tests.mutants import (
    content,
    fields,
    http,
    plans,
    region,
    registration,
    validation,
    writes,
)
from tests.mutants.mutant import CATALOGUE

__all__ = ["CATALOGUE"]

del content, fields, http, plans, region, registration, validation, writes
