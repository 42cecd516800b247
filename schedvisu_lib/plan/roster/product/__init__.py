"""Requests from what the product knows: scanners' open hours and the exams that are expected."""
