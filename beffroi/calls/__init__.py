"""The call, its states, its authority and its frozen editions."""
