"""Reports of an evaluation: tables, Markdown pages, plots."""
