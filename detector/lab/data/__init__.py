"""Input of training and evaluation: data sets, stories by role, and rewrites by real tools."""
