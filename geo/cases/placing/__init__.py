"""待上图: rows of imports that say their place in words, with the places they may mean, until a person decides."""
