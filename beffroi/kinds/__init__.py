"""The shelf of kinds: one file is one kind of call."""
