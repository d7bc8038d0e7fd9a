"""The commands of ``nomad-mock`` that use a mock or a server from outside, as clients do."""
