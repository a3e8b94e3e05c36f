"""Figures of the documents that come from the code: each stands there as the code has it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from config import ROOT, Config
from db.postgresql import OPEN_CIRCUIT_S, READ_TIMEOUT_S
from domain.events import MAX_EVENTS, EventKind
from domain.ranges import LIKED_FROM
from evaluation.metrics.reasons import SAMPLE
from evaluation.protocols.holdout import HoldoutConfig
from events.log import MAX_SESSION_EVENTS
from gateway.worker import HEAD_TIMEOUT_S, HELD_BYTES, STOP_S
from ingest.lists.entry import MAX_BYTES
from ingest.ratings_sort import ROW
from recommender.artifacts.snapshot import FORMAT
from recommender.artifacts.store import KEPT_VERSIONS
from recommender.artifacts.title_file import CACHED_TITLES
from recommender.data.query import BEARABLE_FROM
from recommender.kernels.network import NetworkConfig
from recommender.models.features import NAMES
from recommender.models.item_item import ABANDONED_EVIDENCE, EVIDENCE, ItemItemConfig
from recommender.models.neighbors import NeighborsConfig
from recommender.models.specificity import SpecificityConfig
from recommender.models.themes import ThemesConfig
from recommender.models.training_data import TrainingConfig
from recommender.pipeline.rerankers import NicheReranker
from recommender.session.lean import SessionConfig
from scripts.evaluate_pages import USERS
from serving.events import AHEAD
from serving.services import LOCK_TIMEOUT_S
from tests.deploy.files import compose

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PEOPLE = 66_300  # of the public data set, on which the benchmarks run
NEIGHBORS, ITEMS, TRAINING = NeighborsConfig(), ItemItemConfig(), TrainingConfig()
SPECIFIC, SESSION = SpecificityConfig(), SessionConfig()
PORT = Config.model_fields["port"].default
CLIENT_TIMEOUT_S = Config.model_fields["client_timeout_s"].default
OVERLAY = Config.model_fields["overlay_max_users"].default
LIMITS = {name: compose()["services"][name]["mem_limit"] for name in ("server", "build")}


def conf(name: str) -> int:
    """A number that gunicorn.conf.py sets."""
    found = re.search(rf"^{name} = ([\d_]+)$", (ROOT / "gunicorn.conf.py").read_text("utf-8"), re.MULTILINE)
    assert found
    return int(found[1])


def supported_pythons() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest, below = re.findall(r"3\.(\d+)", project["requires-python"])
    return f"Python 3.{oldest} to 3.{int(below) - 1}"


def percent(share: float) -> str:
    return f"{WORDS[round(100 * share)].capitalize()} percent"


def bare(share: float) -> str:
    return f"{share:g}".removeprefix("0")


EVENTS = "docs/events.md"
SHORT_LISTS = "docs/adr/0002-short-lists-without-the-index.md"
ITEM_ITEM = "docs/adr/0005-item-item.md"
BLEND = "docs/adr/0006-learned-blend.md"
SHARING = "docs/adr/0007-what-workers-share.md"
SILENT_DATABASE = "docs/adr/0008-silent-postgresql.md"
SLOW_CLIENTS = "docs/adr/0013-slow-clients.md"
ANONYMITY = "docs/adr/0014-anonymity.md"
SPECIFICITY = "docs/adr/0015-specificity.md"
# file, and words of it with the figure
FIGURES = [
    ("README.md", f"needs {supported_pythons()}"),
    ("README.md", f"serves on http://127.0.0.1:{PORT}"),
    ("README.md", f"Where port {PORT} is taken: `PORT={PORT + 1} make run`"),
    ("README.md", f"a {LIMITS['server'].removesuffix('m')} MB host"),
    ("README.md", f"hnswlib index of {NEIGHBORS.dims}-dimensional vectors"),
    ("README.md", f"{WORDS[KEPT_VERSIONS].capitalize()} are kept."),
    ("docs/operations.md", f"one folder per version, {WORDS[KEPT_VERSIONS]} are kept"),
    ("docs/operations.md", f"on disk (leave room for {WORDS[KEPT_VERSIONS + 1]})"),
    ("docs/operations.md", f"a server fits in {LIMITS['server'].removesuffix('m')} MB and a build in"),
    ("docs/operations.md", f"a build in {LIMITS['build'].removesuffix('g')} GB"),
    ("docs/operations.md", f"holds up one request per worker for {READ_TIMEOUT_S:g} s;"),
    ("docs/operations.md", f"during the next {OPEN_CIRCUIT_S:g} s that worker answers others with 503"),
    ("deploy/prometheus/alerts.yaml", f"{OVERLAY:,} unless set otherwise"),
    ("docs/security.md", f"a worker stuck for {conf('timeout')} s is replaced"),
    ("docs/datasets.md", f"in a temporary file of {ROW.itemsize} bytes a row"),
    ("docs/imports.md", f"more than {MAX_BYTES // 1_000_000} MB of XML"),
    ("docs/benchmarks/README.md", f"histories of {HoldoutConfig().users:,} hidden people"),
    ("docs/benchmarks/README.md", f"for {USERS:,} hidden people"),
    ("docs/benchmarks/README.md", f"of up to {SAMPLE} liked titles"),
    ("docs/benchmarks/README.md", f"here they are negative from {BEARABLE_FROM - 1} down"),
    (SHORT_LISTS, f"hnswlib index of {NEIGHBORS.dims}-dimensional vectors"),
    (SHORT_LISTS, f"at most {NEIGHBORS.likers_compared:,} likers in all"),
    (SHORT_LISTS, f"with {NEIGHBORS.candidates:,} candidates"),
    (ITEM_ITEM, f"A dropout of {ITEMS.long.dropout:g} is best for long".replace("0.", ".")),
    (ITEM_ITEM, f"with {ITEMS.short.dropout:g} it is the other way round".replace("0.", ".")),
    (ITEM_ITEM, f"over the {ITEMS.titles:,} titles with the most likes"),
    (ITEM_ITEM, f"keep the {ITEMS.weights} strongest weights of each row"),
    (ITEM_ITEM, f"{EVIDENCE[LIKED_FROM]:g} from {LIKED_FROM} up"),
    (ITEM_ITEM, f"{EVIDENCE[6]:g} for 6, 7 and unrated"),
    (ITEM_ITEM, f"dropped and not rated counts {ABANDONED_EVIDENCE:g}, half as much as one rated 4"),
    (ITEM_ITEM, f"near 0 for 5, negative from {BEARABLE_FROM - 1} down"),
    (BLEND, f"A network of {NetworkConfig().hidden} units"),
    (BLEND, f"a disliked title (rated {BEARABLE_FROM - 1} or less)"),
    (BLEND, f"{percent(TRAINING.users / PEOPLE)} of the people are training users"),
    (SHARING, f"the last {CACHED_TITLES:,} are kept"),
    (SHARING, f"more than {NEIGHBORS.likers_compared:,} likers, see [ADR 2]({Path(SHORT_LISTS).name})"),
    ("docs/operations.md", f"408 after {CLIENT_TIMEOUT_S} s, and headers after {HEAD_TIMEOUT_S:g} s"),
    (
        "docs/operations.md",
        f"another {STOP_S:g} s; one that computes for more than {conf('timeout')} s is killed",
    ),
    (SLOW_CLIENTS, f"until gunicorn killed the workers after {conf('timeout')} s"),
    (SLOW_CLIENTS, f"headers have to arrive within {HEAD_TIMEOUT_S:g} s"),
    (SLOW_CLIENTS, f"at most {conf('worker_connections')} connections and {HELD_BYTES // 1_000_000} MB of"),
    (ANONYMITY, f"One number, `ANONYMITY_FLOOR` ({Config.model_fields['anonymity_floor'].default})"),
    (ANONYMITY, f"titles that fewer than {ITEMS.people} people have"),
    (SPECIFICITY, f"the strongest theme of a title (weight {SPECIFIC.theme:g})"),
    (SPECIFICITY, f"never below that of {SPECIFIC.least:g} (weight {SPECIFIC.similarity:g})"),
    (SPECIFICITY, f"by half at {ThemesConfig().half_length:g} liked titles for themes"),
    (SPECIFICITY, f"at {SPECIFIC.half_length:g} for similarity"),
    (
        SPECIFICITY,
        f"titles of less than {100 * NicheReranker().least:g} % of the likes of the most liked one",
    ),
    ("README.md", f"`models/format-{FORMAT}/vNNNN`"),
    (SILENT_DATABASE, f"gunicorn killed them after {conf('timeout')} s"),
    (SILENT_DATABASE, f"Workers wait for {READ_TIMEOUT_S:g} s"),
    (SILENT_DATABASE, f"longer than the {LOCK_TIMEOUT_S:g} s after which the server reports a lock"),
    (SILENT_DATABASE, f"treats the database as unreachable for {OPEN_CIRCUIT_S:g} s"),
    (SILENT_DATABASE, f"returns nothing for {READ_TIMEOUT_S:g} s is cut"),
    (SILENT_DATABASE, f"one request of {READ_TIMEOUT_S:g} s, then another"),
    (SILENT_DATABASE, f"another every {READ_TIMEOUT_S + OPEN_CIRCUIT_S:g} s"),
    (EVENTS, f"Up to {MAX_EVENTS} events at once"),
    (EVENTS, f"more than {WORDS[round(AHEAD.total_seconds() / 60)]} minutes ahead"),
    (EVENTS, f"deleted or has {MAX_SESSION_EVENTS:,} events"),
    (EVENTS, f"| view | the same, by {bare(SESSION.weights[EventKind.VIEW])} |"),
    (EVENTS, f"| a rating of {SESSION.dismissed_rating}, by {bare(SESSION.dismissed)}; not recommended |"),
    (EVENTS, f"more than {WORDS[SESSION.passed_over]} | the score times {bare(SESSION.sinking)} for each"),
    (EVENTS, f"after {SESSION.half_life:g} newer ones, or after {SESSION.half_life_hours:g} hours"),
    (EVENTS, f"A list of more than {SESSION.list_length:g} titles"),
    (EVENTS, f"with {WORDS[round(SESSION.turned)]} clicks it counts as {SESSION.list_length:g} titles"),
    (EVENTS, f"`EVENT_RETENTION_DAYS` ({Config.model_fields['event_retention_days'].default} by default"),
]
# figures of a decision that the code does not have: measured, decided once, or of the outside
NOT_FROM_CODE = {
    "0002": ["at 3 ns per liker", "takes 4-8 ms", "250,000 when a liker took 6 ns"],
    "0003": ["0.2 ms"],
    "0004": ["64 bits"],
    "0005": ["99.6 % of all likes", "(150 when this was decided)"],
    "0009": ["Vue 3", "404,"],
    "0008": ["request gets 503", "psycopg2"],
    "0010": ["(0013-slow-clients.md)"],
    "0012": ["format 5, the first", "format 5, built by"],
    "0014": ["recovered to 7 %"],
    "0015": ["Sports: 4 of the 5 titles", "(Steck 2018, RecSys)"],
    "0016": ["version 2 of GrowthBook's documented hash, FNV-1a twice"],
    "0013": ["(ADR 8)", "gets 408", "with 64 half-sent", "psycopg2"],
}


def text_of(name: str) -> str:
    return " ".join((ROOT / name).read_text("utf-8").split())


def decisions() -> dict[str, str]:
    """The decision of each ADR, by its name."""
    between = re.compile(r"(?:\*\*Decision\.\*\*|## Decision)(.*?)(?:\*\*Consequences\.\*\*|## Consequences)")
    texts = {path.name: text_of(f"docs/adr/{path.name}") for path in (ROOT / "docs" / "adr").glob("*.md")}
    return {name: found[1] for name, text in texts.items() if (found := between.search(text))}


@pytest.mark.parametrize(("name", "words"), FIGURES)
def test_a_figure_is_that_of_the_code(name: str, words: str) -> None:
    assert words in text_of(name)


def test_every_figure_of_a_decision_is_checked_or_not_from_code() -> None:
    found = decisions()
    assert len(found) == len(list((ROOT / "docs" / "adr").glob("*.md")))
    left = {}
    for name, decided in found.items():
        checked = [words for file, words in FIGURES if file.endswith(name)]
        for words in (*checked, *NOT_FROM_CODE.get(name[:4], [])):
            decided = decided.replace(words, "")
        left[name] = re.findall(r"\S*\d\S*", decided)
    assert {name: figures for name, figures in left.items() if figures} == {}


def test_the_words_about_evidence_and_features_hold() -> None:
    assert set(EVIDENCE[LIKED_FROM:].tolist()) == {1.0}
    assert len({*EVIDENCE[[0, 6, 7]].tolist()}) == 1
    assert (EVIDENCE[1:BEARABLE_FROM] < 0).all()
    assert 0 <= EVIDENCE[BEARABLE_FROM] <= 0.2
    assert len(NAMES) in range(38, 43)  # "some forty features"
