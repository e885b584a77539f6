"""年度考核, 亮绩赛绩: teams, towns and 片区 scored by rates of evaluation, each score with the records behind it."""
