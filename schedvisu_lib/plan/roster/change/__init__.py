"""What happens to a roster once it stands: changes by hand, absences, swaps, debts, versions, several makers."""
