"""Feeds that are read: when, how, and what is known of each."""
