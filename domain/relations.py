"""Known relations between two titles; they overrule what the names suggest."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("sequel", "side_story", "summary", "alternative", "same_franchise", "unrelated")
# what the first title is to the second one
INVERSES = {
    **{"sequel": "prequel", "side_story": "parent_story", "summary": "full_story"},
    **{"alternative": "alternative", "same_franchise": "same_franchise"},
}
SAME_STORY = frozenset({"sequel", "side_story", "summary"})


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """`related_id` is the `kind` of `anime_id`; both are MyAnimeList ids, of the catalog or not.

    sequel, side_story, summary: of the same story, to be watched after `anime_id`; a summary is an extra.
    alternative: of the same franchise, with a story of its own that can be watched first.
    same_franchise: they have something to do with each other, nobody says what; see `hints`.
    unrelated: a correction: they only look as if they belonged together.
    """

    anime_id: int
    related_id: int
    kind: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"the kind of a relation is {self.kind!r}; expected one of {', '.join(KINDS)}")
