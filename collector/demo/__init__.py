"""Made-up tweets of genuine shape: the same seed, the same bytes."""
