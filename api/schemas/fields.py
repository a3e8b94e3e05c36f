"""Types of fields that requests share: ids, names, ratings, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt

from domain.ranges import MAX_ANIME_ID, MAX_USER_ID, PROFILE_IDS, WatchStatus
from domain.sites import SITES
from recommender.models.registry import ALGORITHMS

MAX_TEXT = 200


def whole(value: Any) -> Any:
    """10.0 -> 10: in JSON they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def all_whole(values: Any) -> Any:
    """The same for a list; a call for each of thousands of ids would take longer than their ranking."""
    if not isinstance(values, list) or set(map(type, values)) <= {int}:
        return values
    return [whole(value) for value in values]


def status_name(status: WatchStatus | None) -> Any:
    """The name of a status; the watched ones are a WatchedStatus."""
    return None if status is None else status.label


def one_of(names: Sequence[str], what: str) -> Any:
    """A name of a registry: an enum in the document, and a sentence for any other name."""

    def known(value: Any) -> Any:
        if isinstance(value, str) and value not in names:
            raise ValueError(f"{value[:50]!r} is not {what}; known are {', '.join(names)}")
        return value

    return Annotated[str, BeforeValidator(known), Field(json_schema_extra={"enum": list(names)})]


def split(value: Any) -> Any:
    """["a,b", "c"] -> ["a", "b", "c"]: a list in a query may be repeated or comma-separated."""
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return value
    return [piece.strip() for part in parts for piece in part.split(",")]


def without_blanks(value: Any) -> Any:
    return [piece for piece in value if piece != ""] if isinstance(value, list) else value


UserId = Annotated[
    StrictInt,
    Field(ge=0, le=MAX_USER_ID, description="the user's id, chosen by the caller"),
    BeforeValidator(whole),
]
_OF_PROFILES = {"minimum": PROFILE_IDS[0], "maximum": PROFILE_IDS[-1]}
ProfileId = Annotated[
    int,
    Field(ge=PROFILE_IDS[0], le=PROFILE_IDS[-1], description="the id that `POST /api/v1/profiles` answered"),
    BeforeValidator(whole),
]
OrdinaryId = Annotated[
    UserId, Field(json_schema_extra={"not": _OF_PROFILES})
]  # refused by the service, with advice
_AnimeId = Annotated[StrictInt, Field(ge=1, le=MAX_ANIME_ID, description="MyAnimeList id")]
AnimeId = Annotated[_AnimeId, BeforeValidator(whole)]
AnimeIds = Annotated[list[_AnimeId], Field(max_length=5_000), BeforeValidator(all_whole)]
Rating = Annotated[
    StrictInt,
    Field(ge=1, le=10, description="1-10; a title without one counts as liked, with a `status` as watched"),
    BeforeValidator(whole),
]
Status = Literal["completed", "watching", "on_hold", "dropped", "planned"]
WatchedStatus = Literal["completed", "watching", "on_hold", "dropped"]
STATUSES: Mapping[str, WatchStatus] = {status.label: status for status in WatchStatus}
Year = Annotated[int, Field(ge=1900, le=2200), BeforeValidator(whole)]
PageLength = Annotated[StrictInt, Field(ge=1, le=100), BeforeValidator(whole)]
Count = Annotated[int, Field(ge=1, le=100)]
Name = Annotated[str, Field(max_length=MAX_TEXT)]
if TYPE_CHECKING:
    AlgorithmName = str
    SimilarAlgorithmName = str
else:
    AlgorithmName = one_of(list(ALGORITHMS), "an algorithm")
    SimilarAlgorithmName = one_of(
        [name for name, info in ALGORITHMS.items() if info.similar], "an algorithm for similar titles"
    )
Names = Annotated[list[Name], Field(max_length=50)]
# blank names count towards the maximum, as the schema says, and are then dropped
QueryNames = Annotated[
    list[Name], BeforeValidator(split), Field(max_length=50), AfterValidator(without_blanks)
]
QueryTmdbIds = Annotated[
    list[Annotated[str, Field(pattern=rf"^({SITES['tmdb'].ids}|)$", max_length=50)]],
    *(BeforeValidator(split), Field(max_length=50), AfterValidator(without_blanks)),
]
QueryIds = Annotated[
    list[Annotated[int, Field(ge=1, le=MAX_ANIME_ID)]],
    BeforeValidator(without_blanks),  # the last validator runs first
    BeforeValidator(split),
]
Histogram = Annotated[list[int], Field(min_length=10, max_length=10)]
