"""Real clients, each with a small suite that goes through the life of a job, and the page about them."""
