"""Public figures: name, question, query, floor."""
