"""engine/random."""
