"""应急物资: points whose stock is the sum of its movements, the nearest with enough, and who is on call."""
