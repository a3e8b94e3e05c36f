"""Franchises: groups of related titles, and the entry point of each."""

from domain.relations import KINDS, Relation
from recommender.franchises.franchises import Franchises
from recommender.franchises.watch_order import Part, watch_order

__all__ = ["KINDS", "Franchises", "Part", "Relation", "watch_order"]
