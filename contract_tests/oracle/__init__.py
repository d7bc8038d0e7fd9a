"""What the contract says a server answers: shapes, plan diffs, and a job as it is read back."""
