"""Tables as bureaus keep them, CSV and Excel, read in a limited child process as numbered rows of text."""
