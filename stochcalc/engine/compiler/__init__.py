"""engine/compiler."""
