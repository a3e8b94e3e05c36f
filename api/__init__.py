"""The HTTP API: one blueprint per resource; a handler parses, calls a service and serializes."""
