"""Data that models are fitted on and queried with: vocabularies, the ratings matrix, the catalog, queries."""
