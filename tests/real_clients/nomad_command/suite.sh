# The life of a job with the command `nomad` of 0.5.4.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

a_job() { # NAME COUNT TYPE MORE
  cat > "$folder/$1.nomad" <<END
job "$1" {
  datacenters = ["dc1"]
  type = "$3"
  $4
  group "main" {
    count = $2
    task "main" {
      driver = "raw_exec"
      config { command = "sleep", args = ["600"] }
      resources { cpu = 50, memory = 32 }
    }
  }
}
END
}

has() { # TEXT COMMAND...: the command prints the text
  text=$1; shift
  "$@" > "$folder/output" || { cat "$folder/output"; return 1; }
  grep -q -- "$text" "$folder/output" || { echo "no '$text' in what '$*' prints:"; cat "$folder/output"; return 1; }
}

soon() { # as has, within 20 seconds
  for _ in $(seq 20); do has "$@" > "$folder/said" && return; sleep 1; done
  cat "$folder/said"; return 1
}

a_job web 2 service ""
has "finished with status \"complete\"" nomad run "$folder/web.nomad"
has '^web .*running' nomad status
soon '^main .* 2  *0  *0  *0$' nomad status web
has '"ID": "web"' nomad inspect web

a_job web 3 service ""
status=0; nomad plan "$folder/web.nomad" > "$folder/plan" || status=$?
[ "$status" = 1 ] || { cat "$folder/plan"; exit 1; }
grep -q '1 create' "$folder/plan" || { cat "$folder/plan"; exit 1; }
index=$(sed -n 's/^Job Modify Index: //p' "$folder/plan")
has 'finished with status "complete"' nomad run -check-index "$index" "$folder/web.nomad"

a_job import 1 batch 'parameterized { payload = "optional" }'
has 'registration successful' nomad run "$folder/import.nomad"
echo text | nomad job dispatch import - > "$folder/dispatched"
grep -q 'Dispatched Job ID' "$folder/dispatched"

has 'finished with status "complete"' nomad stop -yes web
if nomad status web > "$folder/output" 2>&1; then cat "$folder/output"; exit 1; fi
