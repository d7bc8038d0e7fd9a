"""The simulated cluster of one region; the only room of the mock where anything changes."""
