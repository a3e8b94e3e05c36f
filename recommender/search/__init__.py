"""Title search: resolve a typed name, suggest titles while somebody types."""

from recommender.search.index import Match, TitleIndex
from recommender.search.normalize import normalize

__all__ = ["Match", "TitleIndex", "normalize"]
