"""Plugins of the test run itself; pytest takes them only from here."""

pytest_plugins = ["pytester"]
