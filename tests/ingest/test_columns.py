"""Files are recognized by their headers, however a data set spells them."""

from __future__ import annotations

import pytest

from ingest.columns import CATALOG, DETAILS, KINDS, KNOWN_FORMATS, RATINGS, RELATIONS, SYNOPSES, recognize


@pytest.mark.parametrize(
    ("kind", "header"), [(kind.name, header) for kind, _, header in KNOWN_FORMATS if kind is not RELATIONS]
)
def test_known_format_is_recognized(kind: str, header: str) -> None:
    found = recognize(header.split(","))
    assert found
    assert found.name == kind


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("anime_id,Name,Score,Genres,Episodes", CATALOG),
        ("ANIME-ID,TITLE,Type", CATALOG),
        ("user_id,anime_id,rating,watching_status,watched_episodes", RATINGS),
        ("anime id,synopsis", SYNOPSES),
        ("anime_id,japanese_title,aired,image_url,studios,synopsis_en", DETAILS),
    ],
)
def test_spelling_and_more_columns_do_not_matter(header: str, kind: object) -> None:
    assert recognize(header.split(",")) is kind


@pytest.mark.parametrize(
    "header",
    [
        "status,description",  # watching_status.csv of 2020
        "Mal ID,Username,Gender,Birthday,Location,Joined,Days Watched,Mean Score,Watching,Completed",
        "username,user_id,user_watching,user_completed,gender,location,stats_mean_score",
        "",
    ],
)
def test_other_table_of_a_data_set_is_not_recognized(header: str) -> None:
    assert recognize(header.split(",")) is None


def columns(header: str) -> dict[str, str]:
    """Meaning -> column."""
    names = header.split(",")
    kind = recognize(names)
    assert kind
    return {meaning: names[place] for meaning, place in kind.positions(names).items()}


@pytest.mark.parametrize(
    ("header", "meanings"),
    [
        ("anime_id,name,type,rating", {"score": "rating"}),
        ("MAL_ID,Name,Score,Type,Rating", {"score": "Score", "age_rating": "Rating"}),
        ("MAL_ID,Name,Type,Rating,Score", {"score": "Score", "age_rating": "Rating"}),
        ("user_id,anime_id,rating", {"rating": "rating"}),
        ("username,anime_id,my_score,my_status", {"rating": "my_score", "status": "my_status"}),
        (
            "anime_id,title,type,aired,aired_string,status",
            {"aired": "aired_string", "airing_status": "status"},
        ),
        ("anime_id,Name,Other name,Type", {"japanese": "Other name"}),
    ],
)
def test_meaning_depends_on_the_columns_beside(header: str, meanings: dict[str, str]) -> None:
    assert columns(header).items() >= meanings.items()
    assert len(columns(header)) == len(set(columns(header).values()))


def test_refusal_names_what_was_found_and_missing() -> None:
    with pytest.raises(ValueError, match="not that of a catalog") as caught:
        CATALOG.positions(["MAL_ID", "Score", "sypnopsis", "Licensors"])
    message = str(caught.value)
    assert "the header is 'MAL_ID,Score,sypnopsis,Licensors'" in message
    assert "Columns understood: MAL_ID = anime_id, Score = score, sypnopsis = synopsis" in message
    assert "missing: name, type or episodes" in message


@pytest.mark.parametrize(
    ("kind", "header", "nearest"),
    [
        (
            RATINGS,
            "user_id,anime_id,watching_status",
            "animelist.csv of the Anime Recommendation Database 2020",
        ),
        (RATINGS, "a", "rating.csv of the Anime Recommendations Database (2016), 'user_id,anime_id,rating'"),
        (CATALOG, "anime_id,title_english,title_japanese,airing,background,broadcast", "AnimeList.csv"),
        (CATALOG, "Name,English name,Other name,Image URL,Scored By,Licensors", "anime-dataset-2023.csv"),
    ],
)
def test_refusal_names_the_nearest_known_format(kind: object, header: str, nearest: str) -> None:
    (of_kind,) = (one for one in KINDS if one is kind)
    with pytest.raises(ValueError, match="The nearest known format is") as caught:
        of_kind.positions(header.split(","))
    assert f"The nearest known format is {nearest}" in str(caught.value)


def test_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="has the column 'rating' twice"):
        RATINGS.positions(["user_id", "anime_id", "rating", "Rating"])
