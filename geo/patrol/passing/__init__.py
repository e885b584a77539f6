"""Streets that teams ride along on their way to something else."""
