"""The journal: what clients asked of a world and what they were answered, within a bounded memory."""

from mockserver.journal.difference import Difference
from mockserver.journal.journal import Journal
from mockserver.journal.matcher import Matcher

__all__ = ["Difference", "Journal", "Matcher"]
