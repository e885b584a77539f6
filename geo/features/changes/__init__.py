"""What changed on the map, by number: other systems follow the numbers and fetch what they lack."""
