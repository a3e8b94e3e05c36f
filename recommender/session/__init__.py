"""Recent events: how a query leans toward what a person is doing."""
