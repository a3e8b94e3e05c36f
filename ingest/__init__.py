"""Imports data files into the database: streamed, validated, one transaction per file."""
