"""The shared core of the customs lakehouse; it imports no other folder of ours."""
