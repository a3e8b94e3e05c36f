"""Small worlds, made row by row, whose neighbors and titles a reader can work out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, insert, text

from config import Config
from db.engine import write_transaction
from db.models import Anime
from db.revisions import take_revision
from db.schema import migrate
from db.users import insert_user
from recommender.data.anonymity import NO_FLOOR
from recommender.data.query import Query
from recommender.models.registry import ModelConfig
from recommender.models.user_user import UserUser
from serving.lists import SubmittedList, SubmittedTitle
from serving.live import LiveModel, LiveVersion

FIRST_ID, TITLES, PEOPLE = 101, 36, 24
ALGORITHMS = ModelConfig.default().algorithms  # of its model
ADULT = {104, 105}  # the best known titles of all
ACTION = {104: 9, 106: 9, 108: 9, 110: 8}  # a list of titles with even ids
STRANGER = 900_001  # whoever comes after the world was made


def make_world(engine: Engine) -> None:
    """Titles 101-136: even ids Action, odd ids Romance. People 1-24 like one kind; everyone likes `ADULT`."""
    migrate(engine)
    add_titles(engine, range(FIRST_ID, FIRST_ID + TITLES))
    ids = range(FIRST_ID, FIRST_ID + TITLES)
    for person in range(1, PEOPLE + 1):
        kind = [anime_id for anime_id in ids if anime_id % 2 == person % 2]
        liked = {anime_id: 9 for number, anime_id in enumerate(kind) if (number + person) % 3}
        insert_user(engine, person, {**liked, **dict.fromkeys(ADULT, 10)})


def add_titles(engine: Engine, ids: Iterable[int], *, name: str = "Story") -> None:
    """Titles of these ids, as an import would add them."""
    with write_transaction(engine) as connection:
        connection.execute(insert(Anime), [_title(anime_id, name) for anime_id in ids])
        take_revision(connection)


def submitted(ratings: Mapping[int, int]) -> SubmittedList:
    """A list of titles by id, as a caller submits it."""
    return SubmittedList([SubmittedTitle(anime_id, rating=rating) for anime_id, rating in ratings.items()])


def neighbors(live: LiveVersion, ratings: Mapping[int, int], k: int = 10) -> list[int]:
    """Ids of the users nearest to a list, most similar first."""
    rows = live.snapshot.catalog.vocabulary.rows(list(ratings)).tolist()
    query = Query.of(zip(rows, ratings.values(), strict=True))
    found = live.snapshot.models[UserUser].neighbors(live.context(query, NO_FLOOR), k)
    return [int(user_id) for user_id in found.user_ids]


def knows(live: LiveModel, user_id: int) -> bool:
    """True where this user, saved with the list `ACTION`, is its nearest neighbor."""
    return neighbors(live.current(), ACTION, 1) == [user_id]


@contextmanager
def database_away(engine: Engine) -> Iterator[None]:
    """Nobody can connect inside, and whoever was connected no longer is."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        hidden = path.with_name("hidden")
        path.rename(hidden)
        path.mkdir()
        yield
        path.rmdir()
        hidden.rename(path)
        return
    admin = sqlalchemy.create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = engine.url.database
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        yield
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    admin.dispose()


DAMAGES = [
    "a byte flipped",
    "a file cut short",
    "a file missing",
    "no manifest",
    "manifest cut short",
    "manifest is a list",
    "manifest of another format",
    "manifest without revision",
    "manifest without vocabularies",
    "manifest without counts",
    "nothing in it",
]


def damage(version: Path, how: str) -> None:
    """Make a version on disk unusable."""
    largest = max(version.glob("*.np*"), key=lambda path: path.stat().st_size)
    manifest = version / "manifest.json"
    content = manifest.read_text("utf-8")
    if how == "a byte flipped":
        data = bytearray(largest.read_bytes())
        data[-1] ^= 1
        rewrite(largest, bytes(data))
    elif how == "a file cut short":
        rewrite(largest, largest.read_bytes()[:-8])
    elif how == "a file missing":
        largest.unlink()
    elif how == "no manifest":
        manifest.unlink()
    elif how == "manifest cut short":
        manifest.write_text(content[: len(content) // 2], "utf-8")
    elif how == "manifest is a list":
        manifest.write_text("[]", "utf-8")
    elif how == "manifest of another format":
        manifest.write_text(json.dumps({**json.loads(content), "format": 999}), "utf-8")
    elif how.startswith("manifest without "):
        manifest.write_text(content.replace(f'"{how.split()[-1]}"', '"lost"'), "utf-8")
    else:
        shutil.rmtree(version)
        version.mkdir()


def rewrite(path: Path, data: bytes) -> None:
    """Write a new file in the place of one that may be memory-mapped by this very process."""
    path.unlink()
    path.write_bytes(data)


def _title(anime_id: int, name: str) -> dict[str, Any]:
    genres = ["Action" if anime_id % 2 == 0 else "Romance", "School"]
    return {
        "anime_id": anime_id,
        "name": f"{name} number {anime_id}",
        "genres": [*genres, "Hentai"] if anime_id in ADULT else genres,
        "type": "TV" if anime_id % 3 else "Movie",
        "episodes": 12,
        "members": 1_000_000 if anime_id in ADULT else 200_000 - anime_id,
        "year": 1980 + anime_id % 40,
        "score": 5 + anime_id % 9 / 2,
    }


def settings_of(database_url: str, model_dir: Path, **changes: Any) -> Config:
    """Settings of a server over a database and a directory of models."""
    return Config(
        database_url=database_url,
        secret_key="only-for-the-tests-of-this-project",
        model_dir=model_dir,
        overlay_max_users=10,
        **changes,
    )
