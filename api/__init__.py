"""The HTTP API: one blueprint a resource; a handler parses, calls, serializes."""
