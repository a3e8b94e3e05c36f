"""Use cases over the database and the models, without HTTP: building, serving, saved users."""
