"""CAP, the Common Alerting Protocol (OASIS 1.2, and 1.1 and 1.0 read): bytes to dataclass and back."""
