"""The REST API, one file a kind of resource."""
