"""What somebody might use instead, measured beside ours: each library in a process of its own."""
