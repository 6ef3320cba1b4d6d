"""What training and evaluation read: corpora, stories by role, rewrites that real tools left."""
