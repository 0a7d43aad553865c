"""Real browsers, real web push, all of it on loopback: the harness and its own tests."""
