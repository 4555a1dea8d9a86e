"""The morning mail: who is due, what was sent, and sending it once."""
