"""The titles of the catalog, with all their names and all that is known of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from db.bulk import batches
from db.models import Anime, AnimeAlias, AnimeOffer, ExternalId
from domain.titles import Offer, Season, Title, TitleDetails

_BATCH = 500  # ids of one statement


def load_titles(connection: Connection) -> list[Title]:
    """Every title, ordered by id; its aliases are ordered by name."""
    aliases: dict[int, list[tuple[str, str]]] = {}
    statement = select(AnimeAlias.anime_id, AnimeAlias.title, AnimeAlias.kind)
    ordered = statement.order_by(AnimeAlias.anime_id, AnimeAlias.title)
    for anime_id, name, kind in connection.execute(ordered):
        aliases.setdefault(anime_id, []).append((name, kind))
    services = {
        anime_id: tuple(offer.service for offer in offers) for anime_id, offers in _offers(connection).items()
    }
    return [
        Title(
            anime_id=row.anime_id,
            name=row.name,
            aliases=tuple(aliases.get(row.anime_id, ())),
            genres=tuple(row.genres or ()),
            type=row.type,
            episodes=row.episodes,
            score=row.score,
            members=row.members,
            year=row.year,
            image_url=row.image_url,
            studios=tuple(row.studios or ()),
            source=row.source,
            duration_minutes=row.duration_minutes,
            season=Season(row.season_year, row.season) if row.season and row.season_year else None,
            airing_status=row.airing_status,
            age_rating=row.age_rating,
            services=services.get(row.anime_id, ()),
        )
        for row in connection.execute(select(Anime.__table__).order_by(Anime.anime_id))
    ]


def load_details(connection: Connection) -> list[TitleDetails]:
    """The details of every title, in the order of `load_titles`."""
    external_ids: dict[int, dict[str, str]] = {}
    statement = select(ExternalId.anime_id, ExternalId.site, ExternalId.external_id)
    # of several ids on one site the first stays: backwards, so that it comes last
    for anime_id, site, external_id in connection.execute(
        statement.order_by(ExternalId.site.desc(), ExternalId.external_id.desc())
    ):
        external_ids.setdefault(anime_id, {})[site] = external_id
    offers = _offers(connection)
    columns = (Anime.anime_id, Anime.synopsis, Anime.producers, Anime.tags, Anime.aired_from, Anime.aired_to)
    return [
        TitleDetails(
            synopsis=row.synopsis,
            producers=tuple(row.producers or ()),
            tags=tuple(row.tags or ()),
            aired_from=row.aired_from and row.aired_from.isoformat(),
            aired_to=row.aired_to and row.aired_to.isoformat(),
            external_ids=dict(sorted(external_ids.get(row.anime_id, {}).items())),
            offers=tuple(offers.get(row.anime_id, ())),
        )
        for row in connection.execute(select(*columns).order_by(Anime.anime_id))
    ]


def _offers(connection: Connection) -> dict[int, list[Offer]]:
    """Anime id -> where it can be watched, ordered by service; of several sources the first counts."""
    offers: dict[int, dict[str, Offer]] = {}
    statement = select(AnimeOffer.anime_id, AnimeOffer.service, AnimeOffer.url, AnimeOffer.regions)
    for anime_id, service, url, regions in connection.execute(
        statement.order_by(AnimeOffer.anime_id, AnimeOffer.service, AnimeOffer.source)
    ):
        offers.setdefault(anime_id, {}).setdefault(service, Offer(service, url, tuple(regions or ())))
    return {anime_id: list(of_title.values()) for anime_id, of_title in offers.items()}


def existing_titles(connection: Connection, anime_ids: Iterable[int]) -> set[int]:
    """Those of the ids that are in the catalog."""
    existing: set[int] = set()
    for ids in batches(anime_ids, _BATCH):
        statement = select(Anime.anime_id).where(Anime.anime_id.in_(ids))
        existing.update(connection.execute(statement).scalars())
    return existing
