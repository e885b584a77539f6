"""What a way of patrolling is worth against people who do not follow the planner's formulas: policies side by side."""
