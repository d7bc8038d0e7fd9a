job "top" { datacenters = ["dc1"]
  id = "other"
  parameterized { payload = "required" meta_required = ["a"] meta_optional = ["b", "c"] }
  type = "batch"
  task "one" { driver = "exec" config { command = "x" } service { port = "x" } resources { network { mbits = 1 port "x" {} } } }
  task "two" { driver = "exec" config { command = "y" } service { port = "x" } resources { network { mbits = 1 port "x" {} } } }
}
