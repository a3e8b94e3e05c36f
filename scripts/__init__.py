"""Command-line tools; each has `main(argv) -> exit code` and a usable --help."""
