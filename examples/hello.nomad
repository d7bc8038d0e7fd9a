# A job that runs on any simulated node: nomad-mock --load examples/hello.nomad
job "hello" {
  datacenters = ["dc1"]

  group "web" {
    count = 2

    task "server" {
      driver = "exec"

      config {
        command = "hello-server"
      }

      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
