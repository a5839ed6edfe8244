"""One energy of a room, and the descent on it that settles layouts."""
