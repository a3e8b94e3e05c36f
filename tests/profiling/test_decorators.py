"""The decorators and `measured`: time and memory of stages inside `recording()`, and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profiling.decorators import measured, memory_profiler_decorator, recording, timeit_decorator

ROOT = Path(__file__).parents[2]


def run_script(script: str) -> Any:
    """The output of a script. Measuring memory starts processes and may end them: not beside other tests."""
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@timeit_decorator
def _sleep_a_little(seconds: float = 0.02) -> str:
    """Sleep."""
    time.sleep(seconds)
    return f"slept {seconds}"


@timeit_decorator
def outer_stage() -> str:
    return _sleep_a_little()


@timeit_decorator
def fails() -> None:
    raise LookupError("nothing there")


def test_stage_has_the_name_of_its_function_and_its_time() -> None:
    with recording() as record:
        assert _sleep_a_little(seconds=0.03) == "slept 0.03"
    (stage,) = record.stages.values()
    assert stage.name == "sleep a little"
    assert stage.seconds is not None
    assert 0.03 <= stage.seconds < 2
    assert stage.peak_mb is None


def test_stages_are_in_the_order_in_which_they_ended() -> None:
    with recording() as record:
        outer_stage()
    assert list(record.stages) == ["sleep a little", "outer stage"]
    inner, outer = (stage.seconds or 0 for stage in record.stages.values())
    assert inner <= outer


def test_on_start_is_called_as_each_stage_begins() -> None:
    started: list[str] = []
    with recording(on_start=started.append):
        outer_stage()
    assert started == ["outer stage", "sleep a little"]


def test_nothing_is_measured_outside_a_recording() -> None:
    with recording() as record:
        pass
    assert outer_stage() == "slept 0.02"
    assert record.stages == {}


def test_inner_recording_hides_the_outer_one_until_it_ends() -> None:
    with recording() as outer:
        with recording() as inner:
            _sleep_a_little()
        assert outer.stages == {}
        _sleep_a_little()
    assert list(inner.stages) == list(outer.stages) == ["sleep a little"]


def test_failing_stage_is_timed_and_still_raises() -> None:
    with pytest.raises(LookupError, match="nothing there"):
        fails()
    with recording() as record, pytest.raises(LookupError, match="nothing there"):
        fails()
    assert record.stages["fails"].seconds is not None


def test_recording_ends_when_its_block_fails() -> None:
    with pytest.raises(LookupError), recording() as record:
        fails()
    _sleep_a_little()
    assert list(record.stages) == ["fails"]


@pytest.mark.parametrize("decorator", [timeit_decorator, memory_profiler_decorator])
def test_decorated_function_keeps_its_name_and_docstring(decorator: Callable[..., Any]) -> None:
    decorated = decorator(_sleep_a_little)
    assert (decorated.__name__, decorated.__doc__) == ("_sleep_a_little", "Sleep.")


def test_measured_records_work_under_its_name() -> None:
    with recording() as record:
        assert measured("fit user-user", lambda: _sleep_a_little(seconds=0.03)) == "slept 0.03"
    assert list(record.stages) == ["sleep a little", "fit user-user"]
    assert 0.03 <= (record.stages["fit user-user"].seconds or 0) < 2


def test_measured_returns_the_result_outside_a_recording() -> None:
    assert measured("fit user-user", lambda: 3) == 3


def test_memory_is_not_measured_by_default() -> None:
    decorated = memory_profiler_decorator(lambda: "done")
    with recording() as record:
        assert decorated() == "done"
    assert record.stages == {}


def test_peak_memory_is_recorded_in_a_single_call() -> None:
    found = run_script(
        """
import json, time
from profiling.decorators import memory_profiler_decorator, recording, timeit_decorator

calls = []

@timeit_decorator
@memory_profiler_decorator
def take(megabytes, *, why):
    calls.append(why)
    block = bytearray(b"x") * (megabytes << 20)
    time.sleep(0.2)
    del block
    return megabytes

@memory_profiler_decorator
def _take_nothing():
    time.sleep(0.1)

with recording(memory=True) as record:
    _take_nothing()
    result = take(200, why="to see")
stages = {name: [stage.seconds, stage.peak_mb] for name, stage in record.stages.items()}
print(json.dumps({"calls": calls, "result": result, "stages": stages}))
"""
    )
    assert (found["calls"], found["result"]) == (["to see"], 200)
    assert list(found["stages"]) == ["take nothing", "take"]
    idle, (seconds, peak) = found["stages"]["take nothing"], found["stages"]["take"]
    assert idle[0] is None
    assert 0.2 <= seconds < 10
    assert 190 <= peak - idle[1] <= 260


def test_failing_stage_ends_no_other_process() -> None:
    found = run_script(
        """
import json, subprocess, sys
from profiling.decorators import memory_profiler_decorator, recording

@memory_profiler_decorator
def fails():
    raise LookupError("nothing there")

bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
try:
    with recording(memory=True):
        fails()
except LookupError as error:
    message = str(error)
try:
    ended = bystander.wait(1)
except subprocess.TimeoutExpired:
    ended = None
bystander.kill()
bystander.wait()
print(json.dumps([message, ended]))
"""
    )
    assert found == ["nothing there", None]
