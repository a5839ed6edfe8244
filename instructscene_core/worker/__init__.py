"""The child process that holds torch: the add-on starts it and speaks with it in lines of JSON."""
