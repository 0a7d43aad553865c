"""The door for operators: commands, processes, benchmarks."""
