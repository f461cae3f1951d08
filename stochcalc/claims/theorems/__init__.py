"""claims/theorems."""
