"""Core tables of tax accounting: `tables.yml` declares them; positions by law."""
