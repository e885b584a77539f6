"""户外广告与招牌: which stand with, without or beyond their permit, what the wind may bring down, what was ordered."""
