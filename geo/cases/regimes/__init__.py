"""严管, 严控, 规范: what each means, and which street is kept how from which day on (D10)."""
