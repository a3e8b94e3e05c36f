"""The rating scale: what a stored rating means."""

from __future__ import annotations

RATINGS = range(1, 11)  # what a person can give
UNRATED = 0  # the title was watched but not rated
LIKED_FROM = 8  # a rating from here up means the person liked the title
FAVORITE = 10  # what a title counts that was named without a rating
