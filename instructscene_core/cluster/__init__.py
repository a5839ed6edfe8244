"""Many rooms on one machine or many: requests read as a stream of shards, results on a shared folder or any URL."""
