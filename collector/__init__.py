"""How tweets get into storage: from a feed, from files, from the demo."""
