"""餐饮油烟: who has a device, when it is to be cleaned, what was surveyed before the kitchen opened."""
