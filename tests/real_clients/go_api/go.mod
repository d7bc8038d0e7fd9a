module client

go 1.21

require github.com/hashicorp/nomad v0.5.4

require (
	github.com/gorhill/cronexpr v0.0.0-20180427100037-88b0669f7d75 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-rootcerts v1.1.0 // indirect
	github.com/mitchellh/go-homedir v1.1.0 // indirect
)
