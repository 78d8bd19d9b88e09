"""Reference tables, from the rows of list files."""
