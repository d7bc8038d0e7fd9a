"""The place of counterexamples: what one worker or run found is the first example of every other."""

from pathlib import Path

from hypothesis.database import (
    DirectoryBasedExampleDatabase,
    ExampleDatabase,
    GitHubArtifactDatabase,
    MultiplexedDatabase,
    ReadOnlyDatabase,
)

_GITHUB = "github:"


def example_database(place: str) -> ExampleDatabase | None:
    """Return the database at a place, or None for no place.

    A folder; ``redis://host:port/0``, which needs ``hypothesis[redis]``; or ``github:OWNER/REPOSITORY``, the
    newest artifact called ``hypothesis-example-db`` of that repository's workflows, read only and beside the
    folder ``.hypothesis/examples``, which the workflow uploads.

    Raises:
        ValueError: The repository is not named as ``OWNER/REPOSITORY``, or the URL is of another kind.
    """
    if not place:
        return None
    if place.startswith(("redis://", "rediss://", "unix://")):
        from hypothesis.extra.redis import RedisExampleDatabase
        from redis import Redis

        return RedisExampleDatabase(Redis.from_url(place))
    if place.startswith(_GITHUB):
        owner, _, repository = place.removeprefix(_GITHUB).partition("/")
        if not owner or not repository:
            raise ValueError(f"{place!r} is not of the form github:OWNER/REPOSITORY")
        local = DirectoryBasedExampleDatabase(Path(".hypothesis/examples"))
        return MultiplexedDatabase(local, ReadOnlyDatabase(GitHubArtifactDatabase(owner, repository)))
    if "://" in place:
        raise ValueError(f"{place!r} is no redis:// URL; a folder and github:OWNER/REPOSITORY are possible, too")
    return DirectoryBasedExampleDatabase(Path(place))
