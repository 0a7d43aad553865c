"""The cellar: small tools that every room may use."""
