"""The chapters of the documentation page: statements ``job.*``."""
