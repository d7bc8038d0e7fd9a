"""Record what a real server answers, and replay it; the files have the form of ``tests/data/recordings``."""
