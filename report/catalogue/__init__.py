"""One short module for each report there is."""
