"""What holds for every operation: statements ``common.*``."""
