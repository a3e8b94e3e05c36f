"""Brings data files into the database: streamed, validated row by row, one transaction a file."""
