"""One anime title and what describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AliasKind = Literal["english", "japanese", "synonym"]
NSFW_GENRES = frozenset({"Hentai"})


@dataclass(frozen=True, slots=True)
class Title:
    """One title. None means unknown; `genres` may be empty."""

    anime_id: int  # MyAnimeList id
    name: str  # main title, clean text
    aliases: tuple[tuple[str, str], ...] = ()  # (other name, AliasKind)
    genres: tuple[str, ...] = ()
    type: str | None = None  # TV, Movie, OVA, ONA, Special, Music
    episodes: int | None = None
    score: float | None = None  # mean rating on MyAnimeList, 1-10
    members: int | None = None  # people who have it in a list on MyAnimeList
    year: int | None = None  # first aired
    image_url: str | None = None

    @property
    def nsfw(self) -> bool:
        return not NSFW_GENRES.isdisjoint(self.genres)

    def alias(self, kind: AliasKind) -> str | None:
        """The first alias of a kind, None where there is none."""
        return next((name for name, of_kind in self.aliases if of_kind == kind), None)
