"""Tweets of every shape they arrive in, read into one kind of row."""
