"""Who may import whom, who may read the environment, and what importing the app does not do."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

ROOMS = {
    *("domain", "recommender", "evaluation", "db", "ingest", "serving", "api", "profiling", "scripts"),
    *("app", "config"),
}
# room, or one file of it -> the other rooms that it may import
MAY_IMPORT = {
    "domain": set[str](),
    "recommender": {"domain"},
    "db": {"domain"},
    "ingest": {"domain", "db"},
    "config": set[str](),
    "profiling/decorators.py": set[str](),
    "serving": {"domain", "recommender", "db", "ingest", "profiling"},
    "api": {"domain", "serving", "recommender", "db", "ingest"},
    "app": {"api", "serving", "recommender", "db", "config"},
    "gunicorn.conf.py": {"config"},
    "evaluation": ROOMS,
    "scripts": ROOMS,
    "profiling": ROOMS,
}
SCIENCE_DOES_WITHOUT = {
    "flask",
    "flask_openapi3",
    "sqlalchemy",
    "alembic",
    "time",
    "datetime",
    "dotenv",
    "pydantic_settings",
}
ARBITRARY_CODE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}

SPY = """
import json, sys
seen = []
def spy(event, arguments):
    if event in {"sqlite3.connect", "socket.connect", "subprocess.Popen", "os.mkdir"}:
        seen.append(event)
    if event == "open" and str(arguments[0]).endswith((".npy", ".bin", ".db", "CURRENT", ".env")):
        seen.append(f"open {arguments[0]}")
sys.addaudithook(spy)
import app
print(json.dumps({"seen": seen, "heavy": sorted({"sklearn", "pandas"} & set(sys.modules))}))
"""


def sources() -> Iterator[Path]:
    """Every Python file of the project, but for the tests."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        if parts[0] != "tests" and not any(part.startswith(".") for part in parts):
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """The top-level names of everything that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


def of_room(room: str) -> list[Path]:
    return [path for path in sources() if name_of(path).split("/")[0].removesuffix(".py") == room]


FILES = pytest.mark.parametrize("path", list(sources()), ids=name_of)


@FILES
def test_a_file_imports_only_the_rooms_it_may(path: Path) -> None:
    name = name_of(path)
    room = name.split("/")[0].removesuffix(".py")
    allowed = MAY_IMPORT.get(name, MAY_IMPORT.get(room, ROOMS))
    assert set(imported(path)) & ROOMS <= allowed | {room}


@FILES
def test_only_scripts_and_benchmarks_import_the_app_or_scripts(path: Path) -> None:
    if name_of(path).split("/")[0] not in ("scripts", "profiling", "evaluation"):
        assert not {"app", "scripts", "tests"} & set(imported(path))


@pytest.mark.parametrize("path", of_room("recommender"), ids=name_of)
def test_the_science_knows_no_web_no_sql_no_clock(path: Path) -> None:
    assert not SCIENCE_DOES_WITHOUT & set(imported(path))


@pytest.mark.parametrize("path", [*of_room("db"), *of_room("ingest"), *of_room("serving")], ids=name_of)
def test_below_the_api_nothing_knows_flask(path: Path) -> None:
    assert not {"flask", "flask_openapi3", "flask_cors", "werkzeug"} & set(imported(path))


def test_hnswlib_hides_behind_one_wrapper() -> None:
    assert [name_of(path) for path in sources() if "hnswlib" in imported(path)] == [
        "recommender/kernels/vector_index.py"
    ]


@FILES
def test_only_the_configuration_reads_the_environment(path: Path) -> None:
    if name_of(path) in ("config.py", "gunicorn.conf.py", "profiling/servers.py", "scripts/fuzz.py"):
        return  # these start servers with settings of their own
    tree = ast.parse(path.read_text("utf-8"))
    passed_on = {  # the whole environment, handed to a child process
        id(value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(path) == "serving/services.py"
        for keyword in call.keywords
        if keyword.arg == "env"
        for value in ast.walk(keyword.value)
    }
    reads = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "environb", "getenv"}
        and id(node) not in passed_on
    ]
    names = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "os"
        for alias in node.names
    ]
    assert reads == []
    assert not {"environ", "environb", "getenv"} & set(names)
    assert not {"dotenv", "pydantic_settings"} & set(imported(path))


@FILES
def test_no_file_that_is_read_can_run_code(path: Path) -> None:
    assert not ARBITRARY_CODE & set(imported(path))
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"read_pickle", "to_pickle"}


def test_importing_the_app_connects_to_nothing_and_loads_nothing(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", SPY],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},  # and no setting at all
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(outcome.stdout) == {"seen": [], "heavy": []}
    assert list(tmp_path.iterdir()) == []
