"""What falls due in the registers, whatever the register, as one list for those who plan."""
