"""When problems are due, and who has to be told."""
