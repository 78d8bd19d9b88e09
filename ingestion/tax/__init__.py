"""Tax accounting: what is owed and what is paid back."""
