"""Black-box contract tests for any server of Nomad's /v1/job HTTP API, laid out as its documentation page is."""
