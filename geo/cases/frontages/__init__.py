"""门前三包/四包: every front on the list signed, expired or missing; checks, monthly lists, looking again."""
