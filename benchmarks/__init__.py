"""How fast and how small the mock is: ratios against a named peer or a limit, each taken in one run."""
