"""The neighbours of ``/v1/job`` that clients need: statements ``companion.*``."""
