"""From series to studies, and the numbers made from them: pure functions on DataFrames."""
