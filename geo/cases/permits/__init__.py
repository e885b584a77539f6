"""许可与备案: what was allowed where and until when, asked before anybody files an event against it."""
