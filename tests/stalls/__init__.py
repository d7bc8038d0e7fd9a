"""No request holds up the others."""
