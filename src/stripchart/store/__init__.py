"""The stores: events (points and console) and catalog, each a contract with several implementations."""
