"""The control plane: what a real agent can't be asked for, under ``/__admin`` (described in ``schemas/admin.json``)."""

from mockserver.admin.app import create_admin

__all__ = ["create_admin"]
