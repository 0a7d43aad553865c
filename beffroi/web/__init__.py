"""The doors for people's browsers and programs."""
