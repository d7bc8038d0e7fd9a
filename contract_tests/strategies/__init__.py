"""The inputs of tests: single edits of every property, invalid jobs, jobs at a limit, generated jobs."""
