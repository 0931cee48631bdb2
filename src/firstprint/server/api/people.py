"""``/me`` and ``/users``: who asks, and who may log in."""

from __future__ import annotations

from fastapi import APIRouter

from firstprint.domain.access import Role, User
from firstprint.domain.product import Record
from firstprint.server.access import Admin, Viewer
from firstprint.server.services import Serving

router = APIRouter(tags=["people"])


class Me(Record):
    """Whoever asks.

    Attributes:
        name: empty where the server has no login: then each request names a person.
    """

    name: str
    role: Role
    login: bool


class Users(Record):
    """Everybody who may or might log in."""

    users: tuple[User, ...]


@router.get("/me", summary="Who asks")
def me(services: Serving, caller: Viewer) -> Me:
    """Name and role of the token or session."""
    return Me(name=caller.name, role=caller.role, login=services.settings.login)


@router.get("/users", summary="Who may log in")
def users(services: Serving, _caller: Admin) -> Users:
    """By name; they are added and changed with ``firstprint user``, on the server's own machine."""
    return Users(users=services.store().users.list())
