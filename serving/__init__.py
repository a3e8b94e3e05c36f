"""Joins the database and the science: builds models, keeps a running server up to date, knows its users."""
