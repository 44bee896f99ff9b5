"""Operation: what is counted, logged and asked of a service's health; what is odd about a machine; what is in it."""
