"""`python -m lakehouse`: the `customs` command."""

from lakehouse.cli import main

main()
