"""The example lists of the web app: the demo data has every title of them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_data_has_every_title_of_the_examples() -> None:
    source = (ROOT / "frontend/src/lists/examples.ts").read_text(encoding="utf-8")
    lists = [ids.split(",") for ids in re.findall(r"ids: \[([\d, ]+)\]", source)]
    with (ROOT / "curated/titles.csv").open(encoding="utf-8", newline="") as stream:
        known = {int(row["anime_id"]) for row in csv.DictReader(stream)}
    assert len(lists) >= 4
    for ids in lists:
        assert {int(number) for number in ids} <= known
        assert len(ids) == len(set(ids)) >= 5
