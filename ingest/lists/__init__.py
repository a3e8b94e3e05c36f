"""Lists that people keep on other sites or by hand: files in the formats of those, as entries."""
