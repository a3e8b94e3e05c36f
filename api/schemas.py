"""The shapes of requests and answers, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StrictInt,
    model_validator,
)

from api.requests import QueryModel
from recommender.algorithms import ALGORITHMS
from recommender.filters import Filters
from recommender.page import FranchiseMode, Wishes

MAX_ID = 2**63 - 1
MAX_ANIME_ID = 2**31 - 1
MAX_TEXT = 200


def _whole(value: Any) -> Any:
    """10.0 -> 10: in JSON they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


UserId = Annotated[
    StrictInt,
    Field(ge=0, le=MAX_ID, description="the person's id, chosen by the caller"),
    BeforeValidator(_whole),
]
AnimeId = Annotated[
    StrictInt, Field(ge=1, le=MAX_ANIME_ID, description="MyAnimeList id"), BeforeValidator(_whole)
]
Rating = Annotated[StrictInt, Field(ge=1, le=10, description="1-10; absent: liked"), BeforeValidator(_whole)]
Year = Annotated[int, Field(ge=1900, le=2200), BeforeValidator(_whole)]
Whole = Annotated[int, Field(ge=0, le=10**9), BeforeValidator(_whole)]
PageLength = Annotated[StrictInt, Field(ge=1, le=100), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=1, le=100)]
Name = Annotated[str, Field(max_length=MAX_TEXT)]


def _known_algorithm(value: Any) -> Any:
    if isinstance(value, str) and value not in ALGORITHMS:
        raise ValueError(f"{value[:50]!r} is not an algorithm; known are {', '.join(ALGORITHMS)}")
    return value


def _split(value: Any) -> Any:
    """["a,b", "c"] -> ["a", "b", "c"]: a list in a query may be repeated or comma-separated."""
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return value
    return [piece.strip() for part in parts for piece in part.split(",") if piece.strip()]


AlgorithmName = Annotated[
    str, BeforeValidator(_known_algorithm), Field(json_schema_extra={"enum": list(ALGORITHMS)})
]
Names = Annotated[list[Name], Field(max_length=50)]
QueryNames = Annotated[list[Name], BeforeValidator(_split), Field(max_length=50)]


def _describe_entry(schema: dict[str, Any]) -> None:
    """An object with an id or a name, or only a name."""
    with_either = [
        {"required": ["anime_id"], "properties": {"anime_id": {"type": "integer"}}},
        {"required": ["name"], "properties": {"name": {"type": "string"}}},
    ]
    entry = {**schema, "anyOf": with_either}
    schema.clear()
    schema["anyOf"] = [entry, {"type": "string", "maxLength": MAX_TEXT}]


class ListEntry(BaseModel):
    """One title of a person's list, by id or by name."""

    model_config = ConfigDict(extra="ignore", json_schema_extra=_describe_entry)

    anime_id: AnimeId | None = None
    name: Name | None = None
    rating: Rating | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_title(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _names_a_title(self) -> ListEntry:
        if self.anime_id is None and self.name is None:
            raise ValueError("give anime_id or name")
        return self


class CompatibleRequest(BaseModel):
    """What existing frontends send. Unknown members are ignored, blank names are skipped."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "user_id": 900001,
                    "algorithm": "user-user",
                    "n": 15,
                    "anime_list": [
                        {"name": "Steins;Gate", "rank": 1},
                        {"anime_id": 1535, "rating": 9},
                        "Clannad",
                    ],
                }
            ]
        },
    )

    user_id: UserId
    algorithm: AlgorithmName = "user-user"
    n: PageLength | None = Field(default=None, description="default: 15 for user-user, 20 otherwise")
    anime_list: list[ListEntry] | None = None


class CompatibleItem(BaseModel):
    """One recommended title."""

    anime_id: int
    anime_name: str
    genre: str
    stars: int = Field(ge=1, le=5)
    score: float = Field(ge=0, le=1)
    similarity_score: float | None = Field(default=None, ge=0, le=1, description="content-based only")


class CompatibleItems(RootModel[list[CompatibleItem]]):
    """A bare array, best first."""


class Suggestions(RootModel[list[str]]):
    """A bare array of main titles, best first."""


class SuggestionQuery(QueryModel):
    """What somebody has typed so far."""

    model_config = ConfigDict(extra="ignore")

    query: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class FilterFields(BaseModel):
    """Conditions that every answer meets."""

    types: Names = Field(default=[], description="one of these: TV, Movie, OVA, ONA, Special, Music")
    genres: Names = Field(default=[], description="all of these")
    genres_exclude: Names = Field(default=[], description="none of these")
    min_members: Whole = Field(default=0, description="list members on MyAnimeList")
    min_score: float = Field(default=0.0, ge=0, le=10, description="mean rating on MyAnimeList")
    year_from: Year | None = Field(default=None, description="first aired, earliest")
    year_to: Year | None = Field(default=None, description="first aired, latest")
    nsfw: bool = Field(default=False, description="whether adult titles may appear")

    @model_validator(mode="after")
    def _years_in_order(self) -> FilterFields:
        if self.year_from and self.year_to and self.year_from > self.year_to:
            raise ValueError(f"year_from {self.year_from} is after year_to {self.year_to}")
        return self

    def to_filters(self) -> Filters:
        return Filters(
            types=tuple(self.types),
            genres=tuple(self.genres),
            genres_exclude=tuple(self.genres_exclude),
            min_members=self.min_members,
            min_score=self.min_score,
            year_from=self.year_from,
            year_to=self.year_to,
            nsfw=self.nsfw,
        )


class BodyFilters(FilterFields):
    """Filters in a body: unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QueryFilters(QueryModel, FilterFields):
    """The same as query parameters; lists repeated or comma-separated."""

    types: QueryNames = Field(default=[], description="one of these: TV, Movie, OVA, ONA, Special, Music")
    genres: QueryNames = Field(default=[], description="all of these")
    genres_exclude: QueryNames = Field(default=[], description="none of these")


class WishFields(BaseModel):
    """How the page is made."""

    franchise: FranchiseMode = Field(
        default=FranchiseMode.ENTRY_POINT,
        strict=False,
        description="allow: the algorithm's own order; exclude: nothing of a franchise in the list; "
        "entry_point: of something unseen only where to start. But for allow, one title of a franchise.",
    )
    diversity: float = Field(default=0.0, ge=0, le=1, description="how unlike each other titles should be")
    niche: float = Field(default=0.0, ge=0, le=1, description="how much fame counts against a title")
    explain: bool = Field(default=False, description="whether each title comes with its reasons")

    def to_wishes(self) -> Wishes:
        return Wishes(self.franchise, self.diversity, self.niche)


class RecommendationRequest(WishFields):
    """A list in, recommendations out, nothing stored."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "if": {"required": ["algorithm"], "properties": {"algorithm": {"const": "content-based"}}},
            "then": {"required": ["ratings"], "properties": {"ratings": {"minItems": 1}}},
            "examples": [
                {
                    "ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}],
                    "algorithm": "hybrid",
                    "n": 10,
                    "filters": {"types": ["TV", "Movie"], "genres_exclude": ["Horror"]},
                    "franchise": "entry_point",
                    "explain": True,
                }
            ],
        },
    )

    ratings: list[ListEntry] = []
    algorithm: AlgorithmName = "hybrid"
    n: PageLength | None = None
    exclude_ids: list[AnimeId] = Field(default=[], max_length=5_000, description="never recommend these")
    filters: BodyFilters = BodyFilters()


class UserPath(BaseModel):
    user_id: int = Field(ge=0, le=MAX_ID)


class AnimePath(BaseModel):
    anime_id: int = Field(ge=1, le=MAX_ANIME_ID)


class UserRecommendationQuery(QueryFilters, WishFields):
    algorithm: AlgorithmName = "hybrid"
    n: Count | None = None
    exclude_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=MAX_ANIME_ID)]], BeforeValidator(_split), Field(max_length=5_000)
    ] = []


class SavedRatings(BaseModel):
    """A person's whole list."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}]}]},
    )

    ratings: list[ListEntry] = Field(min_length=1)


class SavedAnswer(BaseModel):
    user_id: int
    saved: int = Field(description="titles in the saved list")
    unresolved: list[str]


class SimilarUsersQuery(QueryModel):
    n: Count = 10


class SimilarAnimeQuery(QueryFilters):
    algorithm: Literal["hybrid", "item-item", "content-based"] = "hybrid"
    n: Count = 20


class PageQuery(QueryModel):
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class PopularQuery(QueryFilters, PageQuery):
    sort: Literal["likes", "mean_rating"] = "likes"


class AnimeQuery(QueryFilters, PageQuery):
    query: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    year: Year | None = None
    sort: Literal["relevance", "popularity", "score", "year", "name"] | None = Field(
        default=None, description="default: relevance with a query, popularity without"
    )


class AnimeItem(BaseModel):
    """One title, short."""

    anime_id: int
    name: str
    english: str | None
    genres: list[str]
    type: str | None
    episodes: int | None
    year: int | None
    image_url: str | None


class Reason(BaseModel):
    """Why a title is recommended; which members it has depends on its kind."""

    kind: Literal["because_you_liked", "people_with_your_taste", "shared_genres"]
    anime_id: int | None = Field(default=None, description="because_you_liked: a title of the list")
    name: str | None = None
    weight: float | None = Field(default=None, description="the part of the score that it accounts for")
    people: int | None = Field(default=None, description="how many of the most similar people liked it")
    genres: list[str] | None = Field(default=None, description="that at least half of the liked titles have")


class RecommendedItem(AnimeItem):
    """One recommended title: a score of 1 is the best match there is for this list."""

    score: float
    stars: int = Field(description="half of predicted_rating")
    like_probability: float = Field(description="of a rating of 8 or more, should this person watch it")
    predicted_rating: float = Field(description="1-10")
    reasons: list[Reason] | None = Field(default=None, description="with explain")


class Resolved(BaseModel):
    query: str
    anime_id: int
    name: str


class RecommendationAnswer(BaseModel):
    recommendation_id: str
    algorithm: str
    model_version: str
    items: list[RecommendedItem]
    resolved: list[Resolved]
    unresolved: list[str]
    filtered: dict[str, int] = Field(description="how many titles each filter took away")


class SimilarAnswer(BaseModel):
    anime_id: int
    algorithm: str
    model_version: str
    items: list[RecommendedItem]


class SimilarUser(BaseModel):
    user_id: int
    similarity: float
    in_common: int = Field(description="how many liked titles the two share")


class SimilarUsersAnswer(BaseModel):
    user_id: int
    model_version: str
    items: list[SimilarUser]


class PopularItem(AnimeItem):
    likes: int
    watchers: int
    mean_rating: float


class AnimeDetail(PopularItem):
    aliases: list[str]
    score: float | None
    members: int | None
    nsfw: bool


class Pagination(BaseModel):
    page: int
    limit: int
    total: int
    has_next: bool


class AnimePage(BaseModel):
    data: list[AnimeItem]
    pagination: Pagination


class PopularPage(BaseModel):
    data: list[PopularItem]
    pagination: Pagination


class Algorithm(BaseModel):
    name: str
    description: str
    needs_list: bool
    default_n: int
    similar: bool


class AlgorithmsAnswer(BaseModel):
    data: list[Algorithm]


class MalImportQuery(QueryModel):
    """What to do with an uploaded list; the same names may come as fields of its form instead."""

    user_id: int | None = Field(default=None, ge=0, le=MAX_ID, description="whose list it becomes")
    dry_run: bool = Field(default=True, description="false: save it in the place of that person's list")


class ImportedTitle(BaseModel):
    """One title of an uploaded list that the catalogue has."""

    anime_id: int
    name: str
    rating: int | None = Field(ge=1, le=10, description="null: watched, but not rated")
    status: Literal["watching", "completed", "on_hold", "dropped"]


class UnmatchedTitle(BaseModel):
    """One that it does not have, such as a title newer than the catalogue."""

    anime_id: int
    title: str = Field(description="as the list has it")
    rating: int | None = Field(ge=1, le=10)
    status: Literal["watching", "completed", "on_hold", "dropped"]


class SkippedTitle(BaseModel):
    """One that does not count."""

    anime_id: int | None
    title: str
    reason: str


class ImportCounts(BaseModel):
    """How many entries the list has, and where each of them is in the answer."""

    read: int
    matched: int
    unmatched: int
    skipped: int


class MalImportAnswer(BaseModel):
    """What an uploaded list means here."""

    model_config = ConfigDict(
        # of flask-openapi3
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {
                "user_id": None,
                "saved": False,
                "counts": {"read": 3, "matched": 1, "unmatched": 1, "skipped": 1},
                "matched": [
                    {"anime_id": 9253, "name": "Steins;Gate", "rating": 10, "status": "completed"},
                ],
                "unmatched": [
                    {"anime_id": 61316, "title": "Too New", "rating": None, "status": "watching"},
                ],
                "skipped": [
                    {"anime_id": 1535, "title": "Death Note", "reason": "plan to watch: not watched yet"}
                ],
            }
        },
    )

    user_id: int | None
    saved: bool
    counts: ImportCounts
    matched: list[ImportedTitle]
    unmatched: list[UnmatchedTitle]
    skipped: list[SkippedTitle]
