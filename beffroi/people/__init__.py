"""Staff, who may do what, and the append-only log."""
