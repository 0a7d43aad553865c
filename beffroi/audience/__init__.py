"""Subscriptions, and which of them a call concerns."""
