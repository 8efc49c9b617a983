"""`vsm bench`: made-up deliveries of any size, and how long the program takes with them, beside others."""
