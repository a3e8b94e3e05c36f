"""From what people type to titles: resolution of whole names, suggestions while typing."""

from recommender.search.index import TitleIndex
from recommender.search.normalize import normalize

__all__ = ["TitleIndex", "normalize"]
