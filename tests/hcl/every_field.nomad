# comment
// another
/* and
one more */
job "a-b" {
  region = "global" datacenters = ["dc1", "dc2",]
  type = "batch"
  priority = "60"
  all_at_once = "true"
  meta { foo = "bar" n = 5 b = true f = 1.5 "quoted-key" = "x" big = 123456789012 }
  meta { more = "x" }
  periodic { cron = "*/5 * * * *" prohibit_overlap = true }
  update { stagger = "30s" max_parallel = 2 }
  constraint { attribute = "${attr.kernel.name}" value = "linux" }
  constraint { attribute = "${attr.x}" version = ">= 1.0, < 2" }
  constraint { attribute = "${attr.x}" regexp = "a\\.b" }
  constraint { attribute = "${attr.x}" set_contains = "a,b" }
  constraint { distinct_hosts = false }
  group "g" { count = 2
    constraint { distinct_hosts = true }
    constraint { attribute = "${meta.x}" operator = "!=" value = 5 }
    ephemeral_disk { size = 500 sticky = true migrate = true }
    restart { attempts = 3 interval = "5m" delay = "25s" mode = "fail" }
    meta { tier = "front" }
    task "t" { driver = "docker" user = "nobody" kill_timeout = "22s"
    config { image = "x" port_map { db = 80 http = 8080 } labels = { a = "b" } command = "a\nb \"q\" \\d \u00e9 \x41 \101" args = ["-c", "echo ${NOMAD_X} \"z\"", 5] privileged = true
     logging { type = "syslog" config { x = "y" } } }
    env { A = "1" B = 2 C = true "d-e" = 1.25 }
    logs { max_files = 3 max_file_size = 7 }
    dispatch_payload { file = "x.json" }
    artifact { source = "http://foo.com/a" options { checksum = "md5:0123456789abcdef0123456789abcdef" } }
    artifact { source = "http://foo.com/b" destination = "local/b" }
    template { data = <<EOH
line ${x} {{ key "a" }} \n
 two
EOH
 destination = "x" change_mode = "signal" change_signal = "sighup" splay = "10s" once = true }
    template { data = <<-EOH
      indented
        more
      EOH
 destination = "y" }
    template { source = "z" destination = "w" }
    resources { cpu = 500 memory = 128 iops = 30 network { mbits = 100 port "db" {} port "http" { static = 8080 } port "adm" { static = 22 } } }
    service { tags = ["a", "b"] port = "http" check { name = "c" type = "tcp" interval = "10s" timeout = "2s" port = "adm" initial_status = "passing" } check { name = "d" type = "http" path = "/" interval = "10s" timeout = "2s" protocol = "https" } check { name = "e" type = "script" command = "/x" args = ["a"] interval = "10s" timeout = "2s" } }
    service { name = "b" port = "db" }
  } 
   task "u" { driver = "exec" config { command = "x" } config { args = ["y"] } } }
  group "h" { task "v" { driver = "raw_exec" config { command = "x" } resources { cpu = 20 } } task "w" { driver = "exec" config { command = "x" } meta { a = "b" } } }
}
