"""engine/functions."""
