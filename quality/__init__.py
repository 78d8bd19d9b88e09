"""Suites and scorecards that follow from the contracts."""
