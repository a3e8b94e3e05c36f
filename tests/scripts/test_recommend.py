"""`recommend.py`: a few titles in, a readable table out."""

from __future__ import annotations

import pytest

from scripts.recommend import main
from tests.scripts.conftest import Run, sentence

Captured = pytest.CaptureFixture[str]


def rows(output: str) -> list[list[str]]:
    """The cells of the table, without its head."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in output.splitlines() if "│" in line]


@pytest.mark.usefixtures("world_settings")
class TestWithAModel:
    def test_table_has_ten_other_titles_best_first(self, capsys: Captured) -> None:
        assert main(["Steins;Gate", "Death Note"]) == 0
        output = capsys.readouterr().out
        assert "Because you like Steins;Gate, Death Note" in output
        table = rows(output)
        assert [row[0] for row in table] == [str(place) for place in range(1, 11)]
        names = [row[1] for row in table]
        assert not {"Steins;Gate", "Death Note"} & set(names)
        scores = [float(row[-1]) for row in table]
        assert scores == sorted(scores, reverse=True)
        assert len(set(names)) == 10

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
