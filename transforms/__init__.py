"""Core tables: one folder a source, one file a table, one public `build` a file."""
