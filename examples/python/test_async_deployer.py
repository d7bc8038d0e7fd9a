"""Test the asynchronous deployer offline. The fixture ``nomad_mock`` comes with the package of the mock."""

import asyncio

from async_deployer import AsyncDeployer
from test_deployer import a_job

from mockserver.client import MockClient


def test_several_jobs_at_once(nomad_mock: MockClient) -> None:
    """Jobs are deployed and watched beside each other; one is planned and scaled, and all are stopped."""
    names = ("web", "api", "cache")

    async def life() -> None:
        async with AsyncDeployer(nomad_mock.address) as deployer:
            await asyncio.gather(*(deployer.deploy(a_job(name, count=2)) for name in names))
            await asyncio.gather(*(deployer.wait_until_running(name, 2) for name in names))
            assert (await deployer.scale("web", "main", 3))["Place"] == 1
            await deployer.wait_until_running("web", 3)
            await asyncio.gather(*map(deployer.stop, names))
            await deployer.wait_until_running("web", 0)

    asyncio.run(life())


def test_jobs_that_start_others(nomad_mock: MockClient) -> None:
    """A parameterized job is dispatched, and a periodic one launched before its time."""
    nightly = a_job("nightly", Type="batch", Periodic={"Enabled": True, "SpecType": "cron", "Spec": "0 3 * * *"})

    async def start() -> None:
        async with AsyncDeployer(nomad_mock.address) as deployer:
            await deployer.deploy(a_job("import", Type="batch", ParameterizedJob={"Payload": "required"}))
            await deployer.wait_until_running(await deployer.dispatch("import", b"some text"), 1)
            await deployer.deploy(nightly)
            assert await deployer.launch("nightly")

    asyncio.run(start())


def test_a_server_that_fails(nomad_mock: MockClient) -> None:
    """One attempt is answered by 500, the reply to the next one is lost; then a query breaks."""
    nomad_mock.fault("status", status=500, match={"operation": "register"}, nth=1)
    nomad_mock.fault("drop", carried_out=True, match={"operation": "register"}, nth=2)
    nomad_mock.fault("drop", match={"operation": "allocations"}, nth=1)

    async def cope() -> None:
        async with AsyncDeployer(nomad_mock.address) as deployer:
            await deployer.deploy(a_job("web"))
            await deployer.wait_until_running("web", 1)

    asyncio.run(cope())
    nomad_mock.assert_called(operation="register", times=3)
