"""One run of the suite: settings, mock, monitor, verdicts, progress and reports."""
