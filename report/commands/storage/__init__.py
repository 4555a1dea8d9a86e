"""`python -m report storage`: what a person does with storage by hand."""
