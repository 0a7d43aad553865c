"""Beffroi: the tower from which a city warns, calls, hears and answers."""
