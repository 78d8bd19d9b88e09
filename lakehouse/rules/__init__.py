"""Risk criteria as data: CEL conditions checked, compiled and evaluated as one set."""
