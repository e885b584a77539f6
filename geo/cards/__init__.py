"""底数: what there is in each 片区, with source and date of every figure."""
