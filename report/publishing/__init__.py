"""The website made of files: what it holds, what must be sent for it, and in which order."""
