"""`recommend.py`: a few titles in, a readable table out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from rich.cells import cell_len

from recommender.models.registry import ALGORITHMS
from scripts.console import console
from scripts.recommend import main
from tests.scripts.conftest import Run, sentence

Captured = pytest.CaptureFixture[str]


LIST = ["Steins;Gate", "Death Note"]


def rows(output: str) -> list[list[str]]:
    """The cells of each recommended title: place, name, type, year, genres, score."""
    lines = [line.strip() for line in output.splitlines()]
    return [re.split(r"\s{2,}", line) for line in lines if re.match(r"\d+  ", line)]


def recommended(client: FlaskClient, titles: list[str], n: int, **options: Any) -> list[str]:
    """The names that the API recommends, each with the English one if it differs."""
    body = {"ratings": titles, "limit": n, **options}
    items = client.post("/api/v1/recommendations", json=body).get_json()["items"]
    return [
        f"{item['name']} ({item['english']})" if item["english"] not in (None, item["name"]) else item["name"]
        for item in items
    ]


def in_words(reasons: list[dict[str, Any]]) -> str:
    """The reasons of an item as one line."""
    because = [reason["name"] for reason in reasons if reason["kind"] == "because_you_liked"]
    words = [f"because of {', '.join(because)}"] if because else []
    for reason in reasons:
        if reason["kind"] == "people_with_your_taste":
            words.append(f"liked by {reason['people']} people with your taste")
        if reason["kind"] == "theme":
            words.append(f"{reason['genres'][0]}: {reason['titles']} of your {reason['liked']}")
        if reason["kind"] == "shared_genres":
            words.append(f"in common: {', '.join(reason['genres'])}")
    return "; ".join(words)


@pytest.mark.usefixtures("world_settings")
class TestWithAModel:
    def test_table_has_ten_other_titles_best_first(self, capsys: Captured) -> None:
        assert main(LIST) == 0
        output = capsys.readouterr().out
        assert output.startswith("Because you like Steins;Gate, Death Note:\n")
        table = rows(output)
        assert [row[0] for row in table] == [str(place) for place in range(1, 11)]
        names = [row[1] for row in table]
        assert not {"Steins;Gate", "Death Note"} & set(names)
        scores = [float(row[-1]) for row in table]
        assert scores == sorted(scores, reverse=True)
        assert len(set(names)) == 10

    @pytest.mark.parametrize("algorithm", list(ALGORITHMS))
    def test_titles_equal_those_of_the_api(
        self, client: FlaskClient, capsys: Captured, algorithm: str
    ) -> None:
        titles = ["Shingeki no Kyojin", "Death Note", "Clannad"]
        assert main([*titles, "--algorithm", algorithm, "-n", "40"]) == 0
        printed = [row[1] for row in rows(capsys.readouterr().out)]
        assert printed == recommended(client, titles, 40, algorithm=algorithm)
        assert printed != recommended(client, titles, 40, algorithm=algorithm, franchise="allow")

    def test_blend_has_the_weights_that_are_named(self, client: FlaskClient, capsys: Captured) -> None:
        assert (
            main([*LIST, "--algorithm", "blend", "-n", "20", "--weights", "popular:0.2", "item-item:1"]) == 0
        )
        printed = [row[1] for row in rows(capsys.readouterr().out)]
        weights = {"popular": 0.2, "item-item": 1}
        assert printed == recommended(client, LIST, 20, algorithm="blend", weights=weights)
        assert printed != recommended(client, LIST, 20, algorithm="blend")

    @pytest.mark.parametrize("arguments", [["item-item:1"], ["item-item:2", "--algorithm", "blend"], ["x"]])
    def test_impossible_weights_exit_with_2(self, capsys: Captured, arguments: list[str]) -> None:
        with pytest.raises(SystemExit) as stopped:
            main([*LIST, "--weights", *arguments])
        assert stopped.value.code == 2
        assert "weight" in capsys.readouterr().err

    def test_default_algorithm_is_the_apis(self, client: FlaskClient, capsys: Captured) -> None:
        assert main([*LIST, "-n", "20"]) == 0
        printed = [row[1] for row in rows(capsys.readouterr().out)]
        assert printed == recommended(client, LIST, 20, algorithm="hybrid")
        assert printed != recommended(client, LIST, 20, algorithm="user-user")

    def test_explain_shows_the_reasons_of_the_api(self, client: FlaskClient, capsys: Captured) -> None:
        body = {"ratings": LIST, "explain": True, "limit": 5}
        items = client.post("/api/v1/recommendations", json=body).get_json()["items"]
        assert main([*LIST, "-n", "5", "--explain"]) == 0
        lines = capsys.readouterr().out.splitlines()[1:11]
        assert [line.strip() for line in lines[1::2]] == [in_words(item["reasons"]) for item in items]
        assert all("because of " in line for line in lines[1::2])
        assert main([*LIST, "-n", "5"]) == 0
        assert "because of " not in capsys.readouterr().out

    def test_explain_names_the_theme_of_the_list(self, client: FlaskClient, capsys: Captured) -> None:
        sports = ["Air Gear", "Kuroko no Basket", "Free!", "Haikyuu!!"]
        items = client.post(
            "/api/v1/recommendations", json={"ratings": sports, "explain": True, "limit": 5}
        ).get_json()["items"]
        assert main([*sports, "-n", "5", "--explain"]) == 0
        lines = [line.strip() for line in capsys.readouterr().out.splitlines()[1:11]]
        assert lines[1::2] == [in_words(item["reasons"]) for item in items]
        assert [("Sports: 4 of your 4" in line) for line in lines[1::2]] == [
            "Sports" in item["genres"] for item in items
        ]
        assert "Sports: 4 of your 4" in lines[1]

    @pytest.mark.parametrize("width", [40, 80, 120])
    def test_table_fits_the_terminal(
        self, capsys: Captured, monkeypatch: pytest.MonkeyPatch, width: int
    ) -> None:
        monkeypatch.setattr(console, "_width", width)
        assert main([*LIST, "--explain"]) == 0
        lines = capsys.readouterr().out.splitlines()
        table = [line for line in lines if re.match(r" +\d+  ", line)]
        assert len(table) == 10
        assert {cell_len(line) for line in table} == {min(width, cell_len(table[0]))}
        assert max(map(cell_len, lines)) <= width

    def test_generated_users_are_mentioned(self, capsys: Captured) -> None:
        assert main(LIST) == 0
        assert "Demo: the people behind this are generated" in capsys.readouterr().out

    def test_short_name_is_resolved(self, capsys: Captured) -> None:
        assert main(["SnK"]) == 0
        assert "Because you like Shingeki no Kyojin" in capsys.readouterr().out

    @pytest.mark.parametrize(("n", "expected"), [("3", 3), ("1", 1), ("0", 1), ("-5", 1)])
    def test_n_sets_the_number_of_rows(self, capsys: Captured, n: str, expected: int) -> None:
        assert main(["-n", n, "Death Note"]) == 0
        assert len(rows(capsys.readouterr().out)) == expected

    def test_algorithm_can_be_chosen(self, capsys: Captured) -> None:
        assert main(["--algorithm", "content-based", "Death Note"]) == 0
        assert len(rows(capsys.readouterr().out)) == 10

    def test_partial_title_gets_a_hint(self, capsys: Captured) -> None:
        assert main(["cowboy"]) == 1
        assert capsys.readouterr().err == "'cowboy' is not known. Did you mean Cowboy Bebop?\n"

    def test_known_titles_count_beside_unknown_ones(self, capsys: Captured) -> None:
        assert main(["Xqzvw Jkpq", "Death Note"]) == 0
        captured = capsys.readouterr()
        assert captured.err == "'Xqzvw Jkpq' is not known.\n"
        assert "Because you like Death Note" in captured.out

    def test_no_known_title_exits_with_1(self, capsys: Captured) -> None:
        assert main(["Xqzvw Jkpq", "Qqqq Wwww"]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("is not known") == 2

    @pytest.mark.parametrize("title", ["[xqzvw] jkpq", "[/xqzvw] jkpq", "xqzvw [bold]"])
    def test_title_with_brackets_is_printed_literally(self, capsys: Captured, title: str) -> None:
        assert main([title]) == 1
        assert f"{title!r} is not known." in capsys.readouterr().err

    def test_unknown_algorithm_exits_with_2(self, capsys: Captured) -> None:
        with pytest.raises(SystemExit) as exit_:
            main(["--algorithm", "magic", "Death Note"])
        assert exit_.value.code == 2
        assert "user-user" in capsys.readouterr().err


def test_missing_title_exits_with_2(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([])
    assert exit_.value.code == 2
    assert "TITLE" in capsys.readouterr().err


def test_missing_model_error_says_what_to_do(run: Run, settings: dict[str, str]) -> None:
    message = sentence(run("recommend.py", "Death Note"))
    assert "nothing was built yet" in message
    assert "build_index.py" in message
