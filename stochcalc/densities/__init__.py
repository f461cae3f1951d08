"""densities."""
