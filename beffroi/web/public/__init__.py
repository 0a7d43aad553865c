"""Residents: pages that Django makes at the moment, and what they take in."""
