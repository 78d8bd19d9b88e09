"""Core tables of the declaration, from VNACCS messages."""
