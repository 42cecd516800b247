"""The views: agenda, counts, durations, hours, trend, gaps and exams, each a module of its own."""
