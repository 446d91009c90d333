"""What to run, and running it: suites, jobs, engines."""
