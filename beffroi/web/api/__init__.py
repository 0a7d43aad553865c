"""Programs: the CAP door."""
