"""Parts of Go's standard library and of Nomad's own Go helpers on which a reply depends."""
