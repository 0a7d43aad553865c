"""English in Europe."""
