"""Tests of the data in ``schemas/``."""
