"""What this machine and the lake allow: each thing looked at, each with its remedy."""
