"""Facts that every room shares: the rating scale, id ranges, titles, relations."""
