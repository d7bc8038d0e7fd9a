"""The whole catalogue: importing this has every chapter declare its mutants."""

import importlib
import pkgutil

from tests.mutants import chapters
from tests.mutants.mutant import CATALOGUE

__all__ = ["CATALOGUE"]

for _chapter in pkgutil.iter_modules(chapters.__path__, f"{chapters.__name__}."):
    importlib.import_module(_chapter.name)
