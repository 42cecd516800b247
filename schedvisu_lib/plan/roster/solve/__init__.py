"""The search for a roster: a model of CP-SAT for each part of the book that goes for itself."""
