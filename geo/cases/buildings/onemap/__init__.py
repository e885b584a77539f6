"""违建治理一张图: rows to and from the city's platform, mapped by a file, with a receipt for every one."""
