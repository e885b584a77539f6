"""What is kept of a complaint while it is handled: owners, answers, causes, authorities, callers, merging."""
