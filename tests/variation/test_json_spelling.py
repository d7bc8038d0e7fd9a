"""The same JSON in other spellings."""

import json

import httpx

from mockserver.testing import example_job
from tests.variation.conftest import Varied

JOB = "/v1/job/web"


def test_members_come_in_any_order(varied: Varied, client: httpx.Client) -> None:
    """Each object has its members in an order of its own, which differs from reply to reply."""
    mock = varied("json.key-order")
    mock.seed(example_job("web"))
    texts = [client.get(JOB).text for _ in range(3)]
    assert len(set(texts)) == 3
    assert len({json.dumps(json.loads(text), sort_keys=True) for text in texts}) == 1
    assert all(" " not in text and "\n" not in text for text in texts)
    assert [each["freedoms"] for each in mock.requests.list()] == [["json.key-order"]] * 3


def test_pretty_output_stays_pretty(varied: Varied, client: httpx.Client) -> None:
    """The order of members does not touch the form that a client asked for."""
    mock = varied("json.key-order")
    mock.seed(example_job("web"))
    text = client.get(JOB, params={"pretty": "1"}).text
    assert text == json.dumps(json.loads(text), indent=4) + "\n"


def test_white_space_stands_anywhere(varied: Varied, client: httpx.Client) -> None:
    """Tokens and the whole reply have white space around them; the value is the same."""
    mock = varied()
    mock.seed(example_job("web"))
    plain = client.get(JOB).json()
    mock = varied("json.white-space")
    mock.seed(example_job("web"))
    texts = [client.get(JOB).text for _ in range(6)]
    assert all(json.loads(text) == plain for text in texts)
    assert all(text != text.strip() for text in texts)
    assert len(set(texts)) > 3
    assert all(each["freedoms"] == ["json.white-space"] for each in mock.requests.list())


def test_the_same_seed_does_the_same(varied: Varied, client: httpx.Client) -> None:
    """The replies of two runs are equal byte by byte; another seed gives others."""
    told = []
    for seed in (3, 3, 4):
        mock = varied("json.*", seed=seed)
        mock.seed(example_job("web"))
        told.append([client.get(JOB).content for _ in range(3)])
    assert told[0] == told[1] != told[2]


def test_only_the_replies_named_vary(varied: Varied, client: httpx.Client) -> None:
    """What happens to one reply does not depend on whether others vary."""
    told = []
    for replies in (None, [2]):
        mock = varied("json.*", replies=replies)
        mock.seed(example_job("web"))
        told.append([client.get(JOB).content for _ in range(3)])
        numbers = [each["number"] for each in mock.requests.list() if each["freedoms"]]
        assert numbers == (replies or [1, 2, 3])
    assert told[0][1] == told[1][1]
    assert told[1][0] == told[1][2]
