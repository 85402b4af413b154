"""Pure functions over points and lines: M4 reduction, and which lines make up what a person asked for."""
