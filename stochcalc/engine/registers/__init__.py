"""engine/registers."""
