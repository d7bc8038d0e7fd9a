"""Other people's tools, tried on the descriptions in ``schemas/``."""
