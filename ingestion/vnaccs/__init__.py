"""VNACCS messages: bytes from the national clearance system to raw rows."""
