"""What is measured, how, and against whom; results in RESULTS.md."""
