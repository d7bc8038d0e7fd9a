"""Small models of what a server promises, written apart from any server: what is read back, what a diff says."""
