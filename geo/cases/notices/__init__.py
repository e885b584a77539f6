"""文书: numbered, signed by two, served, due, looked at again when the day has come."""
