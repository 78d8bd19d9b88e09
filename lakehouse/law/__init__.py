"""Computations fixed by law, pure, with every list and date as a parameter."""
