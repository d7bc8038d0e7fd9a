"""The commands of ``nomad-mock`` that use a mock from outside, as a client of it does."""
