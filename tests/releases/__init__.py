"""What the releases of Nomad do where they depart from the page: condensed reports, and the page made of them."""
