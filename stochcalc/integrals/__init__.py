"""integrals."""
