"""Figures that no register holds, told by hand with the paper they rest on."""
