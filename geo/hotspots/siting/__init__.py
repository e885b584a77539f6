"""Sites: where relief points for vendors or temporary stockpiles serve most, and why the other candidates do not."""
