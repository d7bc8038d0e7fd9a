"""One run of the suite: its target and settings, its findings and verdicts, what a person sees."""
