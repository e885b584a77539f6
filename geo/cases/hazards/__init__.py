"""安全风险点与危险源: hazards by category and level, each with a date and a named person until it is put right."""
