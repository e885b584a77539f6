"""社会稳定风险评估: what is weighed and approved before a campaign or a compulsory act may begin."""
