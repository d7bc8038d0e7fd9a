"""No secret of the environment is shown."""

from contract_tests.trial.secrets import Secrets


def test_secrets_of_the_environment_are_hidden() -> None:
    """The value of a variable whose name tells a secret is left out of every text."""
    hidden = Secrets({"API_TOKEN": "abc-123-xyz", "DB_PASSWORD": "hunter22", "HOME": "/home/me", "MY_KEY": "k1"}, ())
    assert hidden.without("abc-123-xyz at /home/me: hunter22, k1") == "… at /home/me: …, k1"


def test_secrets_of_a_command_line_are_hidden() -> None:
    """Values of options and assignments that name a secret are left out."""
    words = ["env", "SECRET=s3cr3t-1", "run", "--password", "p4ssw0rd", "--token=t0k3n-9", "--key-file", "-v", "plain"]
    hidden = Secrets({}, words)
    assert hidden.without(" ".join(words)) == "env SECRET=… run --password … --token=… --key-file -v plain"


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    """A secret that begins with another one leaves nothing behind."""
    assert Secrets({"A_TOKEN": "abcd", "B_TOKEN": "abcdefgh"}, ()).without("abcdefgh") == "…"


def test_nothing_acts_on_a_terminal() -> None:
    """Control characters of an output are escaped."""
    assert "\x1b" not in Secrets({}, ()).without("\x1b[2J")


def test_texts_in_data_are_hidden() -> None:
    """All texts of a finding are looked through; numbers and names stay."""
    hidden = Secrets({"A_TOKEN": "abcd"}, ())
    assert hidden.within({"abcd": [{"x": "an abcd"}, 1, None]}) == {"abcd": [{"x": "an …"}, 1, None]}


def test_a_secret_is_hidden_in_every_spelling() -> None:
    """A secret that stands in a URL or in JSON is left out, too."""
    hidden = Secrets({"A_TOKEN": 'ab c/"d'}, ())
    assert (
        hidden.without(r'/v1/jobs?token=ab+c%2F%22d and {"token": "ab c/\"d"}') == '/v1/jobs?token=… and {"token": "…"}'
    )
