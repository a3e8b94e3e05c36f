"""Quality of recommendations: held-out users, two protocols, metrics with confidence intervals, baselines."""


class MissingLibraryError(Exception):
    """A library that only evaluation needs is not installed; the message says what installs it."""

    def __init__(self, library: str, command: str) -> None:
        super().__init__(f"{library} is not installed; install it with: {command}")
