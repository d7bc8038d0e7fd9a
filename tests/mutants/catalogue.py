"""The whole catalogue: importing this declares every mutant."""

from tests.mutants import (
    content,
    fields,
    http,
    registration,
)
from tests.mutants.mutant import CATALOGUE

__all__ = ["CATALOGUE"]

del content, fields, http, registration
