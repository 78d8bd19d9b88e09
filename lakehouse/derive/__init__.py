"""Pure functions that turn one contract into one target form each."""
