"""Where things happened, described. Nothing here ranks places, and nothing that plans may read it."""
