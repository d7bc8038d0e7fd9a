"""A mock of a Nomad 0.5.4 agent, driven by the schemas beside it."""
