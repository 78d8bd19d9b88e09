"""The simulated nation: what its firms, carriers and customs send, and the truth."""
