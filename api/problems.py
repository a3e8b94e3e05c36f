"""The kinds of problems, each at an address that explains it: `/docs/problems#kind`."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from serving.errors import (
    ActorRequiredError,
    ExportTooLongError,
    ExternalAnswerError,
    ExternalListPrivateError,
    ExternalSiteBusyError,
    ExternalSiteUnavailableError,
    ExternalUserError,
    ListRequiredError,
    ListTooLongError,
    NotBuiltError,
    NothingToSaveError,
    NoTitleResolvedError,
    ProfileIdError,
    ServiceError,
    SiteNotOfferedError,
    UnknownExperimentError,
    UnknownTitleError,
    UnknownUserError,
    UnreadableExportError,
)

PATH = "/docs/problems"


class ProblemKind(NamedTuple):
    """One kind of problem.

    Attributes:
        slug: names it in its address.
        status: HTTP status under `/api/v1`; 0 for any.
        title: a few words.
        meaning: what happened, and what to do.
    """

    slug: str
    status: int
    title: str
    meaning: str

    @property
    def address(self) -> str:
        """The `type` of a problem, relative to the server."""
        return f"{PATH}#{self.slug}"


INVALID_REQUEST = ProblemKind(
    "invalid-request",
    422,
    "Invalid request",
    "A member or a parameter is missing, unknown, or out of range. `errors` names each of them; correct "
    "them and send the request again. On the compatible surface the status is 400.",
)
# by a service's error: the only place that maps these to HTTP
OF_ERROR: Mapping[type[ServiceError], ProblemKind] = {
    ListRequiredError: ProblemKind(
        "list-required",
        400,
        "A list is required",
        "The algorithm cannot answer without titles. Name at least one.",
    ),
    ProfileIdError: ProblemKind(
        "profile-id",
        400,
        "The id is a profile's",
        "Profiles are opened by their token. Use /api/v1/profiles, or send the list with the request.",
    ),
    ActorRequiredError: ProblemKind(
        "actor-required",
        400,
        "Whose event is it?",
        "This server finds an event by its session or user. Add `session_id` or `user_id` to the address, as "
        "the event was sent with.",
    ),
    NoTitleResolvedError: ProblemKind(
        "no-title-resolved",
        404,
        "No title is known",
        "None of the submitted titles was found. Look names up with GET /api/anime-suggestions, or send ids.",
    ),
    NothingToSaveError: ProblemKind(
        "nothing-to-save",
        404,
        "Nothing to save",
        "The list has neither a title that is known nor the id of another. What was saved before stays as it "
        "was; DELETE erases it.",
    ),
    UnknownTitleError: ProblemKind(
        "unknown-title",
        404,
        "Unknown title",
        "No title has this MyAnimeList id. Search with GET /api/v1/anime.",
    ),
    UnknownUserError: ProblemKind(
        "unknown-user", 404, "Unknown user", "Nobody of this id has a saved list. Save one first."
    ),
    UnknownExperimentError: ProblemKind(
        "unknown-experiment",
        404,
        "Unknown experiment",
        "The server runs no experiment of this name. GET /api/v1/experiments lists those that it has.",
    ),
    NotBuiltError: ProblemKind(
        "not-built",
        409,
        "The algorithm is not built",
        "The model in service was built without this algorithm. GET /api/v1/algorithms lists those that it "
        "has; the operator adds one by the setting EXTRA_ALGORITHMS and a build.",
    ),
    ListTooLongError: ProblemKind(
        "list-too-long",
        413,
        "The list is too long",
        "GET /api/v1/catalog says how many titles a list may have, as `max_list_titles`.",
    ),
    ExportTooLongError: ProblemKind(
        "export-too-long",
        413,
        "The imported list is too long",
        "It has more titles than one list may have, or more bytes than are read.",
    ),
    UnreadableExportError: ProblemKind(
        "unreadable-export",
        422,
        "The list cannot be read",
        "Send the file as the site gives it, unchanged; `detail` says what is wrong, and where. "
        "`POST /api/v1/imports` knows every format that docs/imports.md names.",
    ),
    SiteNotOfferedError: ProblemKind(
        "site-not-offered",
        404,
        "The site is not asked",
        "GET /api/v1/imports names the sites whose lists this server reads by user name.",
    ),
    ExternalUserError: ProblemKind(
        "external-user", 404, "No such user there", "The other site has no user of this name."
    ),
    ExternalListPrivateError: ProblemKind(
        "external-list-private",
        403,
        "The list is private",
        "Make the list public on the other site for a moment, or export it there and import the file.",
    ),
    ExternalAnswerError: ProblemKind(
        "external-answer",
        502,
        "The other site's answer cannot be read",
        "The other site sent something else than a list. Nothing was changed; export the list there and "
        "import the file.",
    ),
    ExternalSiteUnavailableError: ProblemKind(
        "external-site",
        502,
        "The other site is not available",
        "It is down or too slow. Try again after Retry-After seconds, or import a file.",
    ),
    ExternalSiteBusyError: ProblemKind(
        "external-site-busy",
        503,
        "The other site cannot be asked now",
        "It takes only so many requests from this server, or this server has too many answers to wait for. "
        "Try again after Retry-After seconds, or import a file.",
    ),
}
# by status, for everything else
OF_STATUS: Mapping[int, ProblemKind] = {
    kind.status: kind
    for kind in (
        ProblemKind(
            "bad-request",
            400,
            "Bad request",
            "The request cannot be understood, such as a body that is not JSON.",
        ),
        ProblemKind(
            "unauthorized",
            401,
            "A key or token is required",
            "Send an API key as X-API-Key, or a profile's token as a bearer token.",
        ),
        ProblemKind(
            "forbidden",
            403,
            "The key does not allow this",
            "The key is known but has too small a scope. Ask the operator for another.",
        ),
        ProblemKind(
            "not-found",
            404,
            "Nothing is here",
            "The address leads nowhere. GET /api/v1/openapi.json lists every route.",
        ),
        ProblemKind(
            "method-not-allowed",
            405,
            "The method is not allowed",
            "The Allow header names the methods of this address.",
        ),
        ProblemKind("too-large", 413, "The request is too large", "Send fewer titles, or a smaller file."),
        ProblemKind(
            "address-too-long",
            414,
            "The address is too long",
            "Send long lists in a body: POST /api/v1/recommendations.",
        ),
        INVALID_REQUEST,
        ProblemKind(
            "too-many-requests", 429, "Too many requests", "Wait as long as the Retry-After header says."
        ),
        ProblemKind(
            "internal-error",
            500,
            "Something went wrong",
            "It is our fault, and it has been logged with the X-Request-ID of the answer.",
        ),
        ProblemKind(
            "unavailable",
            503,
            "Temporarily unavailable",
            "The database, or what takes events, cannot be reached. Try again after Retry-After seconds.",
        ),
    )
}
OTHER = ProblemKind("other", 0, "Another error", "The title is the name of the HTTP status.")
KINDS = (*OF_STATUS.values(), *OF_ERROR.values(), OTHER)


def page() -> str:
    """The page at `/docs/problems`, HTML."""
    sections = "".join(
        f'<section id="{kind.slug}"><h2>{escape(kind.title)} ({kind.status or "any status"})</h2>'
        f"<p><code>{kind.address}</code></p><p>{escape(kind.meaning)}</p></section>"
        for kind in KINDS
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        "<title>Problems</title><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;"
        "margin:2rem auto;padding:0 1rem}section:target{outline:2px solid;outline-offset:.5rem}</style>"
        "<h1>Problems</h1>"
        "<p>Every error is an RFC 9457 problem. Its <code>type</code> is one of these addresses.</p>"
        f"{sections}</html>"
    )
