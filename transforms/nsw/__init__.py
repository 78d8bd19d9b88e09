"""Core tables of the single window; `tables.yml` declares them."""
