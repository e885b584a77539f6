"""Map layers: the register of kinds, and how files become rows and rows become files."""
