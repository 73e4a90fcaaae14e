"""Statistics on protected numbers: intervals, and published shares to compare with."""
