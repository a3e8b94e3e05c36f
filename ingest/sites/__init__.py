"""Sites where people keep lists, asked by the name of a user: fixed addresses, bounded time and size."""
