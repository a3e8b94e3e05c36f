"""Relation files of three formats are imported; invalid ones are refused as a whole."""

from __future__ import annotations

import gzip
import json
from dataclasses import astuple
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import read_transaction
from db.relations import load_relations
from ingest import offline_database, relations
from ingest.relations import RelationReport, import_relations
from ingest.report import ImportFileError
from tests.db.helpers import contents, put_titles, revision

CSV = "anime_id,related_id,kind\n"
RULES = """::meta

- version: 1.3.0
- last_modified: 2024-01-01

::rules

# 11eyes -> ~ Momoiro Genmutan
- 6682|4662|6682:13 -> 7739|5102|7739:1
# with ids that are unknown, or the same
- 9510|5578|?:25-? -> 9511|~|?:1-?!
- ?|5578|9:14-26 -> 9512|?|?:1-13
- 9510|5578|1:25-49 -> ~|~|2:1-25
- 16498|7442:0 -> 25777|8671:0!
"""
MAL = "https://myanimelist.net/anime/"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    put_titles(engine, [1, 2])
    return engine


def import_content(engine: Engine, folder: Path, content: str | bytes, **options: str) -> RelationReport:
    path = folder / "relations"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_relations(engine, path, **options)


def stored(engine: Engine) -> list[tuple[int, int, str]]:
    with read_transaction(engine) as connection:
        return [astuple(relation) for relation in load_relations(connection)]


def title(*ids: int, related: tuple[int, ...] = (), field: str = "relatedAnime") -> dict[str, object]:
    """Return a title in the format of the offline database."""
    return {
        "sources": ["https://anidb.net/anime/4563", *(f"{MAL}{i}" for i in ids)],
        "title": "Death Note",
        "type": "TV",
        field: ["https://anilist.co/anime/2994", *(f"{MAL}{i}" for i in related)],
    }


def test_csv_relations_are_imported(engine: Engine, tmp_path: Path) -> None:
    report = import_content(engine, tmp_path, CSV + "1,2,sequel\n2,77,summary\n1,2,sequel\n")
    assert stored(engine) == [(1, 2, "sequel"), (2, 77, "summary")]
    assert (report.read, report.stored, report.loaded, report.unknown_titles) == (2, 2, 2, 1)
    assert {source for source, *_ in contents(engine)["anime_relations"]} == {"csv"}


def test_rules_between_known_ids_are_sequels(engine: Engine, tmp_path: Path) -> None:
    report = import_content(engine, tmp_path, RULES)
    assert stored(engine) == [(6682, 7739, "sequel"), (9510, 9511, "sequel"), (16498, 25777, "sequel")]
    assert (report.read, report.unknown_titles) == (3, 6)


@pytest.mark.parametrize("field", ["relatedAnime", "relations"])
@pytest.mark.parametrize("lines", [False, True])
def test_offline_database_pairs_are_imported_once(
    engine: Engine, tmp_path: Path, lines: bool, field: str
) -> None:
    titles = [
        title(1, related=(2, 3, 1), field=field),
        title(2, related=(1,), field=field),
        title(9, field=field),
    ]
    whole = json.dumps({"license": {}, "data": titles}, indent=2)
    each = "\n".join(map(json.dumps, [{"license": {}, "lastUpdate": "2025-01-01"}, *titles]))
    import_content(engine, tmp_path, each if lines else whole)
    assert stored(engine) == [(1, 2, "same_franchise"), (1, 3, "same_franchise")]


def test_jsonl_may_begin_with_a_title(engine: Engine, tmp_path: Path) -> None:
    import_content(
        engine, tmp_path, json.dumps(title(1, related=(2,))) + "\n\n" + json.dumps(title(5, related=(6,)))
    )
    assert stored(engine) == [(1, 2, "same_franchise"), (5, 6, "same_franchise")]


@pytest.mark.parametrize("content", [CSV + "1,2,sequel\n", RULES, json.dumps(title(1, related=(2,)))])
def test_second_import_of_gzip_changes_nothing(engine: Engine, tmp_path: Path, content: str) -> None:
    import_content(engine, tmp_path, content)
    before = contents(engine)
    report = import_content(engine, tmp_path, gzip.compress(content.encode()))
    assert (report.loaded, report.unchanged) == (0, report.read)
    assert contents(engine) == before


def test_named_source_is_not_replaced_by_another(engine: Engine, tmp_path: Path) -> None:
    import_content(engine, tmp_path, CSV + "1,2,sequel\n", source="curated")
    import_content(engine, tmp_path, CSV + "1,3,sequel\n")
    assert stored(engine) == [(1, 2, "sequel"), (1, 3, "sequel")]


def test_byte_order_mark_is_ignored(engine: Engine, tmp_path: Path) -> None:
    import_content(engine, tmp_path, "\ufeff" + RULES)
    import_content(engine, tmp_path, "\ufeff" + CSV + "1,2,sequel\n")
    assert len(stored(engine)) == 4


INVALID = {
    "another kind": (
        CSV + "1,2,sequel\n1,3,prequel\n",
        "line 3: kind is 'prequel'; expected one of sequel",
    ),
    "no number": (CSV + "one,2,sequel\n", "line 2: anime_id is 'one'"),
    "zero": (CSV + "1,0,sequel\n", "line 2: related_id is '0'"),
    "too large": (CSV + f"1,{2**31},sequel\n", "line 2: related_id is '2147483648'"),
    "very large": (CSV + f"1,{'9' * 5000},sequel\n", "line 2: related_id is '999"),
    "negative": (CSV + "-1,2,sequel\n", "line 2: anime_id is '-1'"),
    "other digits": (CSV + "١,2,sequel\n", "line 2: anime_id is '١'"),
    "itself": (CSV + "5,5,sequel\n", "line 2: 5 is related to itself"),
    "columns": (CSV + "1,2\n", "line 2: number of columns differs"),
    "open quote": (CSV + '1,2,"sequel\n', "line 2: the file ends within this row"),
    "header": ("anime_id,kind\n1,2\n", "the header is 'anime_id,kind'"),
    "only a header": (CSV, "no relation between two MyAnimeList titles"),
    "nothing": ("", "format is not recognized. Name it: --format csv or erengy or manami"),
    "something else": ("hello\n", "format is not recognized"),
    "a list": ("[1, 2]", "format is not recognized"),
    "no rules": ("::meta\n- version: 1\n", "no section ::rules"),
    "no rule": ("::rules\n\n- 1|2|3:1 -> 4\n", "line 3: '- 1|2|3:1 -> 4' is not a rule"),
    "another section": ("::rules\n::more\n", "line 2: '::more' is not ::meta or ::rules"),
    "before a section": ("# hello\n- 1|2|3:1 -> 4|5|6:1\n::rules\n", "line 2: '- 1.* stands before ::meta"),
    "repeats nothing": ("::rules\n- ~|2|3:1 -> 4|5|6:1\n", "line 2: '~' repeats the id on its left"),
    "too large a rule": (
        f"::rules\n- {2**31}|2|3:1 -> 4|5|6:1\n",
        "line 2: 2147483648 is not a MyAnimeList id",
    ),
    "a long line": ("::rules\n# " + "x" * 2_000, "line 2: longer than 1,000 characters"),
    "only unknown ids": ("::rules\n- ?|2|3:1 -> 4|5|6:1\n", "no relation between two"),
    "half an object": ('{"data": [', "the file is not JSON"),
    "no data": ('{\n"titles": []\n}', "it has no list `data`"),
    "data is text": ('{\n"data": "x"\n}', "it has no list `data`"),
    "a title is text": ('{"data": ["x"]}', r"data\[0\] is not an object"),
    "no sources": ('{"data": [{"relatedAnime": []}]}', r"data\[0\].sources is not a list of URLs"),
    "sources are numbers": ('{"data": [{"sources": [1], "relatedAnime": []}]}', r"data\[0\].sources is not"),
    "related is text": ('{"data": [{"sources": [], "relatedAnime": "x"}]}', r"data\[0\].relatedAnime is not"),
    "id zero": (
        json.dumps({"data": [title(0, related=(1,))]}),
        r"data\[0\].sources has the invalid MyAnimeList id 0",
    ),
    "too deep": ('{"data": ' + "[" * 100_000, "the file is not JSON"),
    "too long a number": ('{"data": [' + "9" * 9_000 + "]}", "the file is not JSON"),
    "a bad line": (json.dumps(title(1)) + "\n{\n", "line 2 is not JSON"),
    "a line that is a list": (json.dumps(title(1)) + "\n[]\n", "line 2 is not an object"),
    "a line without sources": (json.dumps(title(1)) + '\n{"title": "x"}\n', "line 2.relatedAnime is not"),
}


@pytest.mark.parametrize(("content", "reason"), INVALID.values(), ids=INVALID.keys())
def test_invalid_file_is_refused_and_changes_nothing(
    sqlite_engine: Engine, tmp_path: Path, content: str, reason: str
) -> None:
    import_content(sqlite_engine, tmp_path, CSV + "1,2,sequel\n")
    before = contents(sqlite_engine)
    with pytest.raises(ImportFileError, match=reason):
        import_content(sqlite_engine, tmp_path, content)
    assert contents(sqlite_engine) == before
    assert revision(sqlite_engine) == 1


@pytest.mark.parametrize("content", [CSV.encode() + b"1,2,\xff\n", b"::rules\n# \xff\n", b'{"data": "\xff"}'])
def test_invalid_utf8_is_refused(sqlite_engine: Engine, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ImportFileError, match=r"not UTF-8 text|is not JSON"):
        import_content(sqlite_engine, tmp_path, content)


def test_missing_file_and_folder_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"cannot be read \(No such file"):
        import_relations(sqlite_engine, tmp_path / "missing")
    with pytest.raises(ImportFileError, match=r"cannot be read \(Is a directory"):
        import_relations(sqlite_engine, tmp_path)


def test_file_above_a_limit_is_refused(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline_database, "MAX_BYTES", 100)
    monkeypatch.setattr(offline_database, "MAX_LINE", 50)
    with pytest.raises(ImportFileError, match=r"larger than 100 bytes. Import the .jsonl form instead"):
        import_content(sqlite_engine, tmp_path, json.dumps({"data": [title(1, related=(2,))]}))
    with pytest.raises(ImportFileError, match="line 2: longer than 50 bytes"):
        import_content(sqlite_engine, tmp_path, "{}\n" + json.dumps(title(1, related=(2,))))
    monkeypatch.setattr(relations, "MAX_RELATIONS", 2)
    with pytest.raises(ImportFileError, match="more than 2 relations"):
        import_content(sqlite_engine, tmp_path, CSV + "1,2,sequel\n1,3,sequel\n1,4,sequel\n")


def test_named_format_overrides_detection(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="line 1: 'anime_id,related_id,kind' stands before ::meta"):
        import_content(sqlite_engine, tmp_path, CSV + "1,2,sequel\n", file_format="erengy")
