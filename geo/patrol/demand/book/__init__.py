"""What the bureau writes down for its patrols: posts, rules, focuses, enterprises and their checks."""
