"""Streets to be gone along: which team passes which street, in what order and in which direction."""
