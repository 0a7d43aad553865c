"""The city as a frozen value, read from city.toml."""
