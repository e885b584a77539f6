"""Names, numbers and addresses of persons: sealed in the database, matched by keyed hash, masked when shown."""
