"""Figures of the documents that come from the code: each stands there as the code has it."""

from __future__ import annotations

import re
import tomllib

import pytest
from evaluation.harness.questions import ASKED
from recommender.training.learning import LearningConfig

from config import ROOT, Config
from db.engine import PAUSE_S, SILENCE_S
from domain.ranges import LIKED_FROM
from evaluation.metrics.reasons import SAMPLE
from evaluation.protocols.holdout import HoldoutConfig
from ingest.mal import MAX_BYTES
from recommender.artifacts.store import KEPT_VERSIONS
from recommender.artifacts.title_file import REMEMBERED
from recommender.data.query import BEARABLE_FROM
from recommender.kernels.network import NetworkConfig
from recommender.models.features import NAMES
from recommender.models.item_item import EVIDENCE, ItemItemConfig
from recommender.models.user_user import UserUserConfig
from serving.services import WAIT_S
from tests.deploy.files import compose

WORDS = ("no", "one", "two", "three", "four", "five", "six")
PEOPLE = 66_300  # of the public data set, on which the benchmarks run
USER_USER, ITEM_ITEM, LEARNING = UserUserConfig(), ItemItemConfig(), LearningConfig()
PORT = Config.model_fields["port"].default
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
    return f"{WORDS[round(100 * share)].capitalize()} per cent"


# file, and words of it with the figure
FIGURES = [
    ("README.md", f"needs {supported_pythons()}"),
    ("README.md", f"serves on http://127.0.0.1:{PORT}"),
    ("README.md", f"Where port {PORT} is taken: `PORT={PORT + 1} make run`"),
    ("README.md", f"a {LIMITS['server'].removesuffix('m')} MB host"),
    ("README.md", f"hnswlib index over {USER_USER.dims}-number vectors"),
    ("README.md", f"{WORDS[KEPT_VERSIONS].capitalize()} are kept."),
    ("docs/operations.md", f"one folder a version, {WORDS[KEPT_VERSIONS]} are kept"),
    ("docs/operations.md", f"on disk (have room for {WORDS[KEPT_VERSIONS + 1]})"),
    ("docs/operations.md", f"lives in {LIMITS['server'].removesuffix('m')} MB and a build in"),
    ("docs/operations.md", f"a build in {LIMITS['build'].removesuffix('g')} GB"),
    ("docs/operations.md", f"one request of each worker for {SILENCE_S:g} s; for {PAUSE_S:g} s the others"),
    ("deploy/prometheus/alerts.yaml", f"{OVERLAY:,} unless set otherwise"),
    ("docs/security.md", f"a worker that takes {conf('timeout')} s is replaced"),
    ("docs/imports.md", f"more than {MAX_BYTES // 1_000_000} MB of XML"),
    ("docs/benchmarks/README.md", f"histories of {HoldoutConfig().users:,} hidden people"),
    ("docs/benchmarks/README.md", f"on {ASKED:,} hidden people"),
    ("docs/benchmarks/README.md", f"of up to {SAMPLE} liked titles"),
    ("docs/benchmarks/README.md", f"they are negative here from {BEARABLE_FROM - 1} down"),
    ("docs/adr/0002-short-lists-without-the-index.md", f"over {USER_USER.dims}-number vectors"),
    ("docs/adr/0002-short-lists-without-the-index.md", f"`fans_compared` ({USER_USER.fans_compared:,})"),
    ("docs/adr/0002-short-lists-without-the-index.md", f"with {USER_USER.candidates:,} candidates"),
    ("docs/adr/0005-item-item.md", f"a dropout of {ITEM_ITEM.long.dropout:g} is best".replace("0.", ".")),
    ("docs/adr/0005-item-item.md", f"{ITEM_ITEM.short.dropout:g} is best for five".replace("0.", ".")),
    ("docs/adr/0005-item-item.md", f"over the {ITEM_ITEM.titles:,} most liked titles"),
    ("docs/adr/0005-item-item.md", f"the {ITEM_ITEM.weights} strongest weights of a row kept"),
    ("docs/adr/0005-item-item.md", f"{EVIDENCE[LIKED_FROM]:g} from {LIKED_FROM} up"),
    ("docs/adr/0005-item-item.md", f"{EVIDENCE[6]:g} for 6, 7 and unrated"),
    ("docs/adr/0005-item-item.md", f"near 0 for 5, negative from {BEARABLE_FROM - 1} down"),
    ("docs/adr/0006-learned-blend.md", f"A network of {NetworkConfig().hidden} units"),
    ("docs/adr/0006-learned-blend.md", f"a disliked title ({BEARABLE_FROM - 1} or less)"),
    ("docs/adr/0006-learned-blend.md", f"{percent(LEARNING.people / PEOPLE)} of the people teach"),
    ("docs/adr/0007-what-workers-share.md", f"the last {REMEMBERED:,} are kept"),
    ("docs/adr/0007-what-workers-share.md", f"({USER_USER.fans_compared:,} fans, see 2)"),
    ("docs/adr/0008-silent-postgresql.md", f"gunicorn killed them after {conf('timeout')} s"),
    ("docs/adr/0008-silent-postgresql.md", f"Workers do, for {SILENCE_S:g} s"),
    ("docs/adr/0008-silent-postgresql.md", f"the {WAIT_S:g} s after which the server reports a lock"),
    ("docs/adr/0008-silent-postgresql.md", f"the server is left alone for {PAUSE_S:g} s"),
    ("docs/adr/0008-silent-postgresql.md", f"nothing comes back for {SILENCE_S:g} s is cut"),
    ("docs/adr/0008-silent-postgresql.md", f"one request of {SILENCE_S:g} s, then the same"),
    ("docs/adr/0008-silent-postgresql.md", f"again every {SILENCE_S + PAUSE_S:g} s"),
]
# figures of a decision that the code does not have: measured, decided once, or of the outside
NOT_FROM_CODE = {
    "0002": ["at 3 ns a fan", "takes 4-8 ms", "250,000 while a fan took 6 ns"],
    "0003": ["0.2 ms"],
    "0004": ["64 bits"],
    "0005": ["99.6 % of all likes", "(150 when this was decided)"],
    "0009": ["Vue 3", "and 404"],
    "0008": ["request is 503", "psycopg2"],
}


def text_of(name: str) -> str:
    return " ".join((ROOT / name).read_text("utf-8").split())


def decisions() -> dict[str, str]:
    """What each ADR decides, by its name."""
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
    assert len(NAMES) in range(18, 25)  # "some twenty features"
