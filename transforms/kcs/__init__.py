"""Core tables of the synthetic KCS declarations."""
