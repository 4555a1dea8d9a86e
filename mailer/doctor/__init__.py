"""What is right and what is wrong around the mailer: each check a verdict, with what to do."""
