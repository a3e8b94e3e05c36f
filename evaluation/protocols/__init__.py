"""Protocols: held-out users and titles, the part of a list that is sent, the titles to be recommended."""
