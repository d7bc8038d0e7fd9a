job "v" { datacenters = ["dc1"] vault { policies = ["root"] } name = "x"
  group "g" { vault { policies = ["g"] env = false change_mode = "noop" } task "a" { driver = "exec" config { command = "x" } } task "b" { driver = "exec" config { command = "x" } vault { policies = ["b"] change_mode = "signal" change_signal = "SIGUSR1" } } }
  group "h" { task "c" { driver = "exec" config { command = "x" } } }
}
