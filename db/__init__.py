"""The database: engine, models, migrations, and queries that return plain columns."""
