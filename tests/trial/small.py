"""A small client of the catalogue as a program: ``python -m tests.trial.small NAME`` with ``NOMAD_ADDR`` set."""

import os
import sys

from tests.conduct import clients
from tests.conduct.agent import Agent
from tests.conduct.catalogue import GOOD, LEANING, WRONG

assert clients

if __name__ == "__main__":
    agent = Agent(os.environ["NOMAD_ADDR"])
    next(one for one in (*GOOD, *LEANING, *WRONG) if one.name == sys.argv[1]).run(agent)
    agent.close()
