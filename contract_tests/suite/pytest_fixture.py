"""Nothing: installations from before ``nomad_contract_pytest`` have this module as an entry point."""
