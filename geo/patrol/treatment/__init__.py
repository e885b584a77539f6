"""片区治理方案: drafted, approved, run, evaluated against what it promised."""
