"""Where a problem is, and who answers for it there."""
