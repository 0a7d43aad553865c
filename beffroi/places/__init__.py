"""Places and zones: codes and names to shapes."""
