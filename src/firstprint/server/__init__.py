"""The server: a REST API under ``/api/v1`` and review pages, over one workspace."""
