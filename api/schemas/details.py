"""Everything known about one title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, Field

from api.schemas.anime import PopularItem
from api.schemas.fields import Histogram
from api.schemas.items import AnimeItem, SeasonItem
from domain.ranges import RATINGS, UNRATED
from domain.relations import INVERSES
from domain.sites import MY_ANIME_LIST, SITES, is_web_address, page_of
from domain.titles import AgeRating, AiringStatus, Offer, TitleDetails
from recommender.franchises import watch_order
from recommender.models.popularity import Popularity
from serving.catalog import OneTitle

if TYPE_CHECKING:
    RelationKind = str
else:
    RelationKind = Literal[tuple(sorted({*INVERSES, *INVERSES.values()}))]


class Link(BaseModel):
    """A page about the title on another site."""

    site: str
    url: str

    @classmethod
    def all_of(cls, anime_id: int, details: TitleDetails) -> list[Link]:
        pages = ((site, page_of(site, details.external_ids.get(site, ""))) for site in SITES)
        found = [cls(site=SITES[site].label, url=url) for site, url in pages if url]
        return [cls(site=MY_ANIME_LIST.label, url=f"{MY_ANIME_LIST.address}{anime_id}"), *found]


class WatchOn(BaseModel):
    """A service on which the title can be watched."""

    service: str
    url: str
    regions: list[str] = Field(description="codes of countries, such as CN; empty: not known")

    @classmethod
    def all_of(cls, offers: tuple[Offer, ...]) -> list[WatchOn]:
        # from files of others, perhaps by an earlier release: a browser would run the code of some addresses
        return [
            cls(service=service, url=url, regions=list(regions))
            for service, url, regions in offers
            if is_web_address(url)
        ]


class RelatedTitle(BaseModel):
    """A title that is known to have to do with this one."""

    anime_id: int
    name: str
    kind: RelationKind = Field(description="what it is to this one; `same_franchise`: nobody says more")


class WatchOrderItem(AnimeItem):
    """A title of the franchise, in the order to watch them in."""

    story_line: int = Field(description="titles with the same number tell one story")
    extra: bool = Field(description="a recap, a side story or the like: nothing is missed without it")


class AnimeDetail(PopularItem):
    """Everything known about a title."""

    aliases: list[str] = Field(description="every other name, in any language")
    mal_score: float | None = Field(description="mean rating on MyAnimeList, 1-10")
    members: int | None = Field(description="list members on MyAnimeList")
    nsfw: bool = Field(description="whether it is an adult title")
    rating_histogram: Histogram = Field(description="how many people rated it 1, 2, … 10")
    unrated: int = Field(description="how many people have watched it without rating it")
    synopsis: str | None
    studios: list[str]
    producers: list[str]
    source: str | None = Field(description="adapted from, such as Manga or Original")
    duration_minutes: int | None = Field(description="of an episode")
    season: SeasonItem | None = Field(description="in which it began to air")
    airing_status: AiringStatus | None
    age_rating: AgeRating | None
    aired_from: str | None = Field(description="first day on air, as 1998-04-03")
    aired_to: str | None = Field(description="last day on air")
    external_ids: dict[str, str] = Field(description="site -> id there")
    links: list[Link] = Field(description="its pages on other sites, MyAnimeList first")
    watch_on: list[WatchOn] = Field(description="services that have it, ordered by name")
    relations: list[RelatedTitle] = Field(description="as far as they are known, ordered by id")
    watch_order: list[WatchOrderItem] = Field(
        description="all titles of its franchise with itself, in the order to watch them in, one story after "
        "the other; empty where it is alone"
    )

    @classmethod
    def detailed(cls, found: OneTitle) -> Self:
        """With adult titles of its franchise only where it is one itself."""
        catalog, franchises = found.snapshot.catalog, found.snapshot.franchises
        title, details = catalog[found.row], catalog.details_of(found.row)
        histogram = found.snapshot.models[Popularity].histograms[found.row]
        order = [
            part
            for part in watch_order(franchises, catalog, found.row)
            if title.nsfw or not catalog.nsfw[part.row]
        ]
        return cls.counted(
            found.snapshot,
            found.row,
            aliases=[alias for alias, _ in title.aliases],
            mal_score=title.score,
            members=title.members,
            nsfw=title.nsfw,
            rating_histogram=histogram[RATINGS].tolist(),
            unrated=int(histogram[UNRATED]),
            synopsis=details.synopsis,
            studios=title.studios,
            producers=details.producers,
            source=title.source,
            duration_minutes=title.duration_minutes,
            season=title.season and SeasonItem.of(title.season),
            airing_status=title.airing_status,
            age_rating=title.age_rating,
            aired_from=details.aired_from,
            aired_to=details.aired_to,
            external_ids=details.external_ids,
            links=Link.all_of(title.anime_id, details),
            watch_on=WatchOn.all_of(details.offers),
            relations=[
                RelatedTitle(anime_id=catalog[other].anime_id, name=catalog[other].name, kind=kind)
                for other, kind in franchises.related(found.row)
                if title.nsfw or not catalog.nsfw[other]
            ],
            watch_order=[
                WatchOrderItem.of(catalog[part.row], story_line=part.story_line, extra=part.extra)
                for part in order
                if len(order) > 1
            ],
        )
