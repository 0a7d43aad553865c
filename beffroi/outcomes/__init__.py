"""How a call ended, told to all it reached."""
