"""What the browser needs from npm, and how it is built into `assets/vendor`."""
