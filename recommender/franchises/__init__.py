"""Franchises: which titles belong together, and where a newcomer starts."""

from domain.relations import KINDS, Relation
from recommender.franchises.franchises import Franchises

__all__ = ["KINDS", "Franchises", "Relation"]
