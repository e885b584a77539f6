"""What the next period will bring where, how sure that is, and how past forecasts did."""
