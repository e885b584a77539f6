"""Deliveries of lorries' terminals and weighbridges: mapped by the county's table, taken once, each with a receipt."""
