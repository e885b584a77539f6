"""What the bureau keeps and follows up: problems, the ladder, complaints, registers. Workflows are tables."""
