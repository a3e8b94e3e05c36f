"""Franchises: groups of related titles, and the entry point of each."""

from domain.relations import KINDS, Relation
from recommender.franchises.franchises import Franchises

__all__ = ["KINDS", "Franchises", "Relation"]
