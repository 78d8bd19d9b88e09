"""Synthetic import declarations of the Korea Customs Service."""
