"""HTTP as Go's server and a Nomad agent speak it."""
