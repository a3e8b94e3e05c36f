"""A list in, a page out: filters, scores, fallback, rerankers, explanations."""
