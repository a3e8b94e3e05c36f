"""The algorithms, one file each; registry.py is the only list of them."""
