"""Fill the future: appointments for prescribed procedures, from a book of resources, rules and prescriptions."""
