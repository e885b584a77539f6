"""工地: their checklists and checks, their filings, and what of it becomes the planner's demand."""
