"""Kind `alert`: a warning by the city, from an official source or its own duty officer."""

from beffroi.calls.kind import Kind

KIND = Kind(name="alert", longest_s=24 * 3600, default_s=6 * 3600, lane=0)
