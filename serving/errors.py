"""Errors of use cases. Each carries its data, and says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from db.engine import driver_message
from domain.ranges import is_profile

NAMED = 5  # titles that a message repeats at most


class DatabaseUnavailableError(Exception):
    """The database cannot be reached or used; the message says why, without its address."""


class ServiceError(Exception):
    """A request that cannot be answered as it is."""


class UnknownUserError(ServiceError, LookupError):
    """Nobody of this id has saved ratings."""

    def __init__(self, user_id: int) -> None:
        super().__init__(
            f"profile {user_id} is not known, it may have been erased; POST /api/v1/profiles makes a new one"
            if is_profile(user_id)
            else f"user {user_id} is not known; POST /users/recommendations with a list of titles adds a user"
        )
        self.user_id = user_id


class UnknownTitleError(ServiceError, LookupError):
    """No title has this id."""

    def __init__(self, anime_id: int) -> None:
        super().__init__(f"No title has the MyAnimeList id {anime_id}. Search with GET /api/v1/anime?query=…")
        self.anime_id = anime_id


class UnknownExperimentError(ServiceError, LookupError):
    """No experiment has this name."""

    def __init__(self, name: str, names: Sequence[str]) -> None:
        known = ", ".join(names) or "none"
        super().__init__(f"No experiment is named {name[:50]!r}; the file of EXPERIMENTS has: {known}.")
        self.name = name


class NoTitleResolvedError(ServiceError, LookupError):
    """Titles were named, and none is known."""

    def __init__(self, names: Sequence[str]) -> None:
        named = ", ".join(names[:NAMED])
        super().__init__(f"None of these titles is known: {named}. Try GET /api/anime-suggestions.")
        self.names = tuple(names)


class NothingToSaveError(ServiceError, LookupError):
    """A list that would replace saved ratings has nothing that can be saved."""

    def __init__(self, advice: str) -> None:
        super().__init__(
            "The list has no title that is known, nor an id to keep one by; the saved list stays as it "
            f"was.{advice}"
        )


class ListRequiredError(ServiceError):
    """An algorithm that needs a list was asked without one."""

    def __init__(self, algorithm: str, member: str = "a list") -> None:
        super().__init__(f"{algorithm} needs {member}: name at least one title.")
        self.algorithm = algorithm


class NotBuiltError(ServiceError):
    """An optional algorithm was asked that the model in service was built without."""

    def __init__(self, algorithm: str) -> None:
        super().__init__(
            f"{algorithm} is not built: to offer it, the operator of this server adds it to EXTRA_ALGORITHMS "
            "and builds a model. GET /api/v1/algorithms lists what there is."
        )
        self.algorithm = algorithm


class ListTooLongError(ServiceError):
    """A list has more titles than the settings allow."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"The list has {length:,} titles, at most {limit:,} are read.")
        self.length, self.limit = length, limit


class ActorRequiredError(ServiceError):
    """An event is to be undone that is found by its session or user only."""

    def __init__(self, event_id: UUID) -> None:
        super().__init__(
            f"To undo event {event_id}, say whose it is: add ?session_id=… or ?user_id=… as it was sent with."
        )
        self.event_id = event_id


class UnreadableExportError(ServiceError):
    """An exported list cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The list cannot be read: {reason}")


class ExportTooLongError(UnreadableExportError):
    """An exported list has more titles than one list may have."""


class SiteNotOfferedError(ServiceError, LookupError):
    """A site was named that this server does not ask for lists."""

    def __init__(self, site: str, offered: Sequence[str]) -> None:
        known = ", ".join(offered) or "no site"
        super().__init__(f"This server reads lists by user name from {known}, not from {site[:50]!r}.")
        self.site = site


class ExternalUserError(ServiceError, LookupError):
    """The other site has no user of this name."""


class ExternalListPrivateError(ServiceError):
    """The list on the other site is not public."""


class ExternalAnswerError(ServiceError):
    """The other site sent what is not its list."""


class ExternalSiteUnavailableError(ServiceError):
    """The other site does not answer, or has problems.

    Attributes:
        retry_after_s: when it is worth another try.
    """

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ExternalSiteBusyError(ExternalSiteUnavailableError):
    """The other site may not be asked now: it has been asked too often."""


class ProfileIdError(ServiceError):
    """A user id is in the range of profiles, which are opened by their token only."""

    def __init__(self, user_id: int) -> None:
        super().__init__(
            f"user_id {user_id} is of a profile: use POST /api/v1/recommendations or /api/v1/profiles."
        )
        self.user_id = user_id


def database_message(error: DBAPIError) -> str:
    """The driver's own words, for the log."""
    return driver_message(error)
