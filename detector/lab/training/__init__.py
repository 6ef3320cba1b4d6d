"""How every table and the model are made."""
