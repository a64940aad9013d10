"""What we know of the trackers: connections, their mappings, links, conflicts, and what waits to be delivered."""
