"""Record what a real server answers, and answer so again; the files are those of ``tests/data/recordings``."""
