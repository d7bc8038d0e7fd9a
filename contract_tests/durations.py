"""Durations, which Nomad counts in nanoseconds."""

SECOND = 1_000_000_000
