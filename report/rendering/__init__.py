"""A report turned into a page, a mail, a text, pictures and charts."""
