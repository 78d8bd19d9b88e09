"""Trino over the lake: the promised names as read-only SQL for analysts."""
