"""How each data set's files are read: said once, used for every delivery, and asked about where it looks wrong."""
