"""The commands of ``nomad-mock`` that use a mock from outside, as its clients do."""
