"""The shelf of channels: one file is one way out."""
