"""The export of the web app, checked against the example of its own test."""

from __future__ import annotations

from config import ROOT
from ingest.mal import MalEntry, Status, read_mal_export

EXAMPLE = ROOT / "frontend/src/lists/export.example.xml"


def test_web_app_export_is_read_back() -> None:
    with EXAMPLE.open("rb") as stream:
        entries = read_mal_export(stream, max_titles=3)
    assert entries == [
        MalEntry(1535, "Death Note", 9, Status.COMPLETED),
        MalEntry(9253, "Steins;Gate", 10, Status.COMPLETED),
        MalEntry(20, "a ]]> b & <my_score>1</my_score> ]]]> 進撃 🎌", 0, Status.COMPLETED),
    ]
