"""The standards: bytes to dataclass and back. Knows no Django and no other room."""
