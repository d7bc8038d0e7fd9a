"""Pure functions on a job: what an agent makes of it, refuses in it, and sees between two versions of it."""
