"""噪声: at which places and hours people complain or patrols find noise, and how many different callers it has."""
