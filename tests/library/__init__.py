"""Tests of the message library."""
