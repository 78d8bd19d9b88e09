"""Core tables of the payment gateway; `tables.yml` declares them."""
