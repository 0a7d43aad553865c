"""The shelf of publishers: one file makes one kind of published bytes."""
