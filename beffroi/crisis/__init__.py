"""Incoming warnings: feeds, chains of messages and the drafts they become."""
