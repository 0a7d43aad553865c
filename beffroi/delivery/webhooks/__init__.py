"""Webhooks out: partners' programs are told of every call that is sent, updated or ended."""
