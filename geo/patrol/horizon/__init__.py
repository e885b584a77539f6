"""A week or a month of shifts planned in a row, and whether people, pairs and hours of visit rotate."""
