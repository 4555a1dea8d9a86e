"""Makes what is uploaded to AWS: zip files, byte for byte the same whenever they hold the same."""
