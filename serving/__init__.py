"""Products that people and machines read; one folder each."""
