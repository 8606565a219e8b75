"""What the records say: pure functions of a Record, without HTML, files or a database."""
