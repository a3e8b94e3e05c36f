"""Which users and titles are held out, and what is asked about them."""
