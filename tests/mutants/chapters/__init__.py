"""The mutants, chapter by chapter: each module declares its own when it is imported."""
