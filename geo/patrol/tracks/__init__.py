"""Where teams really were on shift, and how that compares with the plan. Positions off shift are never stored."""
