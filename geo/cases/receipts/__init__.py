"""Records that clients name by a uid of their own: sent again, they change nothing."""
