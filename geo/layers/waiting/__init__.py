"""待上图: rows that say their place in words only are kept until somebody says where it is."""
