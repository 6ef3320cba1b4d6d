"""Training of the model and of every table it uses."""
