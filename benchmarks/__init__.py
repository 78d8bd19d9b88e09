"""Measured claims: one module each, run by `make bench`."""
