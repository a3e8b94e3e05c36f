"""The architecture: imports between rooms, sizes of files, reads of the environment, cost of an import."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

from config import ROOT

ROOMS = {
    *(
        "domain",
        "recommender",
        "evaluation",
        "db",
        "events",
        "experiments",
        "gateway",
        "ingest",
        "serving",
        "api",
        "profiling",
    ),
    *("scripts", "app", "config", "tests"),
}
# the decorators measure stages of builds everywhere; the rest of their room are programs
DECORATORS = "profiling.decorators"
# room -> the other rooms that it may import
MAY_IMPORT = {
    "domain": set[str](),
    "recommender": {"domain"},
    "db": {"domain"},
    "events": {"domain", "db"},
    "experiments": {"domain", "db"},
    "gateway": {"config"},
    "ingest": {"domain", "db"},
    "evaluation": {"domain", "recommender", "serving"},
    "serving": {"domain", "recommender", "db", "events", "experiments", "ingest", DECORATORS},
    "api": {"domain", "gateway", "serving", "recommender"},
    "config": {"domain", "recommender"},  # which algorithms there are
    "app": {"api", "serving", "config", "gateway"},
    "gunicorn.conf": {"config", "gateway"},
    DECORATORS: set[str](),
    "profiling": {*ROOMS, DECORATORS} - {"tests"},
    "scripts": {*ROOMS, DECORATORS} - {"tests"},
}
# folders of the recommender, the lowest first, and the module that stands on them
FLOORS = (
    *("data", "kernels", "search", "franchises", "session", "models", "pipeline", "training", "artifacts"),
    "fitting",
)
SCIENCE_DOES_WITHOUT = {
    *("flask", "flask_openapi3", "sqlalchemy", "alembic", "time", "datetime", "dotenv"),
    "pydantic_settings",
}
ARBITRARY_CODE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
GENERATED = {"node_modules", "__pycache__", "build", "dist"}  # folders
LONGEST, SHORTEST = 400, 20  # lines of a file
ALEMBIC_ENTRY = "db/migrations/env.py"  # Alembic wants this very file; db/schema.py does the work

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
print(json.dumps({"seen": seen, "heavy": sorted({"sklearn", "pandas", "keras", "jax"} & set(sys.modules))}))
"""


def files() -> Iterator[Path]:
    """Every Python file of the project."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in GENERATED)
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def room_of(module: str) -> str:
    """The room of a module, or the module itself where it has rules of its own."""
    if module in MAY_IMPORT:
        return module
    return DECORATORS if module.startswith(f"{DECORATORS}.") else module.partition(".")[0]


def imported_modules(path: Path) -> Iterator[str]:
    """The dotted name of everything that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module_of(path).split(".")[: -node.level] if node.level else []
            parent = ".".join([*package, *([node.module] if node.module else [])])
            yield parent
            yield from (f"{parent}.{alias.name}" for alias in node.names)


def imported(path: Path) -> set[str]:
    """The top-level names of everything that a file imports."""
    return {module.partition(".")[0] for module in imported_modules(path)}


def floor_of(module: str) -> str:
    """The folder or module within the recommender that a module belongs to."""
    return module.split(".")[1] if module.startswith("recommender.") else ""


def graph(files: dict[str, list[Path]], node_of: Callable[[str], str]) -> dict[str, set[str]]:
    """Node -> the other nodes that its files import."""
    return {
        node: {node_of(module) for path in paths for module in imported_modules(path)} & set(files) - {node}
        for node, paths in files.items()
    }


ALL = list(files())
SOURCES = [path for path in ALL if not name_of(path).startswith("tests/")]
BY_ROOM = {room: [path for path in SOURCES if room_of(module_of(path)) == room] for room in MAY_IMPORT}
BY_FLOOR = {floor: [path for path in SOURCES if floor_of(module_of(path)) == floor] for floor in FLOORS}
EVERY_SOURCE = pytest.mark.parametrize("path", SOURCES, ids=name_of)
EVERY_FILE = pytest.mark.parametrize("path", ALL, ids=name_of)


# -- imports -------------------------------------------------------------------------------------------


def test_every_source_belongs_to_a_room() -> None:
    assert {room_of(module_of(path)) for path in SOURCES} == set(MAY_IMPORT)


@EVERY_SOURCE
def test_source_imports_only_the_rooms_it_may(path: Path) -> None:
    room = room_of(module_of(path))
    found = {room_of(module) for module in imported_modules(path)}
    assert found & {*ROOMS, DECORATORS} <= MAY_IMPORT[room] | {room}


@EVERY_SOURCE
def test_only_programs_import_programs(path: Path) -> None:
    if room_of(module_of(path)) not in {"scripts", "profiling"}:
        assert not {"app", "scripts", "profiling", "tests"} & {room_of(m) for m in imported_modules(path)}


def cycle_in(edges: dict[str, set[str]]) -> list[str]:
    """The nodes of a cycle, the first one again at its end; empty where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_rooms_import_each_other_in_no_circle() -> None:
    assert cycle_in(graph(BY_ROOM, room_of)) == []


def test_floors_of_the_recommender_form_no_circle() -> None:
    assert all(BY_FLOOR.values())
    assert cycle_in(graph(BY_FLOOR, floor_of)) == []


@pytest.mark.parametrize("floor", FLOORS)
def test_floor_imports_only_those_below(floor: str) -> None:
    assert graph(BY_FLOOR, floor_of)[floor] <= set(FLOORS[: FLOORS.index(floor)])


def test_recommender_has_no_other_floors() -> None:
    found = {floor_of(module_of(path)) for path in BY_ROOM["recommender"]} - {""}
    assert found == set(FLOORS)


def test_cycle_is_noticed() -> None:
    assert set(pairwise(cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}))) == {
        ("a", "c"),
        ("c", "b"),
        ("b", "a"),
    }


@pytest.mark.parametrize("path", BY_ROOM["recommender"], ids=name_of)
def test_recommender_knows_no_web_no_sql_no_clock(path: Path) -> None:
    assert not SCIENCE_DOES_WITHOUT & imported(path)


@pytest.mark.parametrize(
    "path", [path for room in ("domain", "db", "ingest", "serving") for path in BY_ROOM[room]], ids=name_of
)
def test_rooms_below_the_api_do_without_flask(path: Path) -> None:
    assert not {"flask", "flask_openapi3", "flask_cors", "werkzeug"} & imported(path)


def test_hnswlib_is_imported_by_its_wrapper_only() -> None:
    importers = [name_of(path) for path in SOURCES if "hnswlib" in imported(path)]
    assert importers == ["recommender/kernels/vector_index.py"]


@EVERY_FILE
def test_file_leaves_the_import_path_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) != ("sys", "path")
        if isinstance(node, ast.ImportFrom) and node.module == "sys":
            assert "path" not in {alias.name for alias in node.names}


# -- sizes ---------------------------------------------------------------------------------------------


@EVERY_FILE
def test_file_is_neither_long_nor_tiny(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONGEST
    assert lines >= SHORTEST or path.name == "__init__.py" or name_of(path) == ALEMBIC_ENTRY


# -- environment and code ------------------------------------------------------------------------------


@EVERY_SOURCE
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
    named = {  # Keras is told of its backend in the environment only
        id(target.value)
        for assignment in ast.walk(tree)
        if isinstance(assignment, ast.Assign) and name_of(path) == "recommender/kernels/two_tower.py"
        for target in assignment.targets
        if isinstance(target, ast.Subscript)
    }
    reads = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "environb", "getenv"}
        and id(node) not in passed_on | named
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


@EVERY_SOURCE
def test_source_reads_no_file_that_can_run_code(path: Path) -> None:
    assert not ARBITRARY_CODE & imported(path)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"read_pickle", "to_pickle"}


def test_importing_the_app_connects_and_loads_nothing(tmp_path: Path) -> None:
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
