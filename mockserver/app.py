"""``create_app``: a whole mock as an ASGI application."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette

from mockserver.cluster.clock import RealClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.ids import Ids
from mockserver.cluster.nodes import load_nodes, simulated_nodes
from mockserver.contract import load_contract
from mockserver.jobs.validate import MOCK_DRIVER, STANDARD_DRIVERS
from mockserver.load import load_jobs, register_jobs
from mockserver.operations.agent import Agent
from mockserver.settings import Settings
from mockserver.shapes import Node
from mockserver.web.endpoint import JobEndpoint


def create_app(settings: Settings | None = None) -> Starlette:
    """An agent as ``settings`` describe it; its clusters live as long as the application's lifespan.

    ``app.state.agent`` has the clusters by region, ``app.state.endpoint`` the waiting queries. Raises
    ``LoadError`` for job files that a real agent would refuse, ``OSError`` and ``ValueError`` for a bad
    file of nodes.
    """
    settings = settings or Settings()
    agent = _agent(settings)
    contract = load_contract()
    jobs = load_jobs(settings.load, contract, agent.local)
    endpoint = JobEndpoint(agent, contract, strict=settings.strict)
    app = Starlette(lifespan=_lifespan(lambda: register_jobs(jobs, agent.local)))
    app.router.default = endpoint  # a route "/" would miss "*", and cost every request a regular expression
    app.router.redirect_slashes = False
    app.state.agent = agent
    app.state.endpoint = endpoint
    return app


def _agent(settings: Settings) -> Agent:
    ids = Ids(settings.seed)
    local, *federated = (_cluster(settings, region, ids) for region in (settings.region, *settings.federate))
    return Agent(local, tuple(federated))


def _cluster(settings: Settings, region: str, ids: Ids) -> Cluster:
    drivers = STANDARD_DRIVERS | {MOCK_DRIVER} if settings.mock_driver else STANDARD_DRIVERS
    clock = settings.clock or RealClock()
    return Cluster(region=region, clock=clock, ids=ids, nodes=_nodes(settings, region, ids), drivers=drivers)


def _nodes(settings: Settings, region: str, ids: Ids) -> list[Node]:
    if isinstance(settings.nodes, int):
        return list(simulated_nodes(settings.nodes, ids=ids, region=region, datacenter=settings.datacenter))
    return list(load_nodes(settings.nodes.read_text("utf-8"), ids=ids))


def _lifespan(register: Callable[[], None]) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        register()
        yield

    return lifespan
