"""How fast and how large: our way beside another, on the same tweets, in the same run."""
