"""Servers of other makers that this product starts and ends on one machine."""
