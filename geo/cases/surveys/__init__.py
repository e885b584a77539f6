"""街面普查: cabinets, facades and furniture counted street by street, as a table."""
