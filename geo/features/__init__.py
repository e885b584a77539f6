"""Feature pages and spatial questions: read-only, SQL text compiled once, answers built in PostgreSQL."""
