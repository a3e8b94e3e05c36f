"""Events of people: the log of events, and what somebody did lately."""
