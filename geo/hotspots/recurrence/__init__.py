"""前清后乱: what comes back after it was cleared, how soon, where more than its own rate, and where to look again."""
