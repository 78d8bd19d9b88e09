"""Sources: one folder each, from bytes to raw rows."""
