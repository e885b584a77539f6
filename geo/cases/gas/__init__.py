"""燃气安全检查: users, inspections, 出动人次, hazards by level. What is technical stays with the gas company."""
