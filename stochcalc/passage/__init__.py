"""passage."""
