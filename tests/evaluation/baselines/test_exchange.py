"""Tasks and replies come back from their files as they were; other files are refused."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.baselines.exchange import ExchangeError, Reply, Task, load_reply, load_task, save

Rows = st.lists(st.sets(st.integers(0, 9), max_size=5), max_size=6)


def task(liked: list[set[int]], sent: list[set[int]]) -> Task:
    rows = [np.array(sorted(part), np.int32) for part in (*liked, set())]
    queries = [np.array(sorted(part), np.int32) for part in (*sent, set())]
    return Task(
        n_anime=10,
        likes_indptr=np.cumsum([0, *map(len, liked)]).astype(np.int64),
        likes_indices=np.concatenate(rows),
        query_indptr=np.cumsum([0, *map(len, sent)]).astype(np.int64),
        query_rows=np.concatenate(queries),
        query_liked=np.concatenate(queries) % 2 == 0,
        depth=3,
        seed=7,
    )


def assert_same(first: Task | Reply, second: Task | Reply) -> None:
    for field in fields(first):
        one, other = np.asarray(getattr(first, field.name)), np.asarray(getattr(second, field.name))
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@given(Rows, Rows)
def test_task_comes_back(tmp_path_factory: pytest.TempPathFactory, liked: object, sent: object) -> None:
    path = tmp_path_factory.mktemp("task") / "task.npz"
    made = task(liked, sent)  # type: ignore[arg-type]
    save(path, made)
    assert_same(load_task(path), made)


def test_reply_comes_back(tmp_path: Path) -> None:
    reply = Reply(np.array([[1, 2, -1]], np.int32), 1.5, 0.25, float("nan"))
    save(tmp_path / "reply.npz", reply)
    assert_same(load_reply(tmp_path / "reply.npz"), reply)


def test_query_has_the_rows_sent_and_the_liked_ones() -> None:
    sent, liked = task([], [{1, 2, 4}, {3}]).query(0)
    assert sent.tolist() == [1, 2, 4]
    assert liked.tolist() == [2, 4]


def test_load_reply_refuses_a_task(tmp_path: Path) -> None:
    save(tmp_path / "task.npz", task([{1}], [{2}]))
    with pytest.raises(ExchangeError, match=r"task.npz holds .*'depth'.*, not .*'peak_mb'"):
        load_reply(tmp_path / "task.npz")


def test_load_reply_refuses_objects(tmp_path: Path) -> None:
    values = {field.name: np.array(0) for field in fields(Reply)}
    values["ranked"] = np.array([{}], dtype=object)
    with (tmp_path / "reply.npz").open("wb") as file:
        np.savez(file, **values)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
        load_reply(tmp_path / "reply.npz")


def test_task_refuses_rows_beyond_the_catalog() -> None:
    with pytest.raises(ExchangeError, match=r"likes_indices must be within 0..1, got 1..2"):
        replace(task([{1, 2}], [{1}]), n_anime=2)


def test_arrays_that_do_not_fit_are_refused() -> None:
    made = task([{1, 2}], [{1}])
    with pytest.raises(ExchangeError, match="query_liked is"):
        replace(made, query_liked=np.zeros(3, bool))
    with pytest.raises(ExchangeError, match=r"likes_indices must be int32 \(2,\), got int32 \(1,\)"):
        replace(made, likes_indices=made.likes_indices[:1])
    with pytest.raises(ExchangeError, match="ranked must be int32"):
        Reply(np.zeros(3, np.int32), 0.0, 0.0, 0.0)
