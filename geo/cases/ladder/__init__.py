"""首违劝导、二违警告、三违处罚: the ladder proposes, an officer confirms, and nobody unknown climbs it."""
