"""Rendered once when something changes: one file, one group of published pages."""
