"""The web page of leadership: one cut of the lake, read-only, in two languages."""
