"""From what people type to titles: resolution of whole names, suggestions while typing."""

from recommender.titles.index import TitleIndex
from recommender.titles.normalise import normalise

__all__ = ["TitleIndex", "normalise"]
