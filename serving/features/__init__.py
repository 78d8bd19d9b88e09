"""Publication of feature tables as one immutable snapshot for the decision service."""
