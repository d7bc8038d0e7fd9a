"""HTTP the way Nomad speaks it; the only room that knows HTTP."""
