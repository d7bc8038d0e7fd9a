"""Tests of reading the description."""
