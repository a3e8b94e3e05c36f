"""Franchises: which titles belong together, and where a newcomer starts."""

from recommender.franchises.franchises import Franchises
from recommender.franchises.relation import KINDS, Relation

__all__ = ["KINDS", "Franchises", "Relation"]
