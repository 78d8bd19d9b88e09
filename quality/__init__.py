"""Gates, suites and scorecards that follow from the contracts."""
