"""Tests of HTTP as Go's server and Nomad speak it."""
