"""The client of the suite: it records every exchange, waits as clients do, and makes jobs to submit."""
