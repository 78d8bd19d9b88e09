"""The decision path: one declaration in, one channel with reasons out."""
