package deployer

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/nomad/api"
)

// aDeployer returns a deployer for the mock, which begins anew.
func aDeployer(t *testing.T) *Deployer {
	control(t, http.MethodPost, "reset", "", nil)
	deployer, err := New()
	check(t, err)
	return deployer
}

// control asks the mock's control plane, which no Nomad has.
func control(t *testing.T, method, path, body string, into any) {
	request, err := http.NewRequest(method, os.Getenv("NOMAD_ADDR")+"/__admin/"+path, strings.NewReader(body))
	check(t, err)
	reply, err := http.DefaultClient.Do(request)
	check(t, err)
	defer reply.Body.Close()
	if reply.StatusCode >= 300 {
		t.Fatal(path, reply.Status)
	}
	if into != nil {
		check(t, json.NewDecoder(reply.Body).Decode(into))
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func aJob(id, kind string, count int) *api.Job {
	task := api.NewTask("main", "raw_exec").SetConfig("command", "sleep").SetConfig("args", []string{"600"})
	task.Require(&api.Resources{CPU: new(50), MemoryMB: new(32)})
	task.LogConfig = &api.LogConfig{MaxFiles: new(1), MaxFileSizeMB: new(10)}
	job := api.NewServiceJob(id, id, "global", 50).AddDatacenter("dc1")
	job.Type = &kind
	return job.AddTaskGroup(api.NewTaskGroup("main", count).AddTask(task))
}

func TestTheLifeOfAJob(t *testing.T) {
	deployer := aDeployer(t)
	check(t, deployer.Deploy(aJob("web", "service", 2)))
	check(t, deployer.WaitUntilRunning(soon(t), "web", 2))
	updates, err := deployer.Scale("web", "main", 3)
	check(t, err)
	if updates.Place != 1 {
		t.Fatal("the plan places", updates.Place)
	}
	check(t, deployer.WaitUntilRunning(soon(t), "web", 3))
	check(t, deployer.Stop("web"))
	check(t, deployer.WaitUntilRunning(soon(t), "web", 0))
}

func TestJobsThatStartOthers(t *testing.T) {
	deployer := aDeployer(t)
	parent := aJob("import", "batch", 1)
	parent.ParameterizedJob = &api.ParameterizedJobConfig{Payload: "required", MetaOptional: []string{"user"}}
	check(t, deployer.Deploy(parent))
	child, err := deployer.Dispatch("import", []byte("some text"), map[string]string{"user": "me"})
	check(t, err)
	check(t, deployer.WaitUntilRunning(soon(t), child, 1))

	nightly := aJob("nightly", "batch", 1)
	nightly.AddPeriodicConfig(&api.PeriodicConfig{Enabled: new(true), SpecType: new("cron"), Spec: new("0 3 * * *")})
	check(t, deployer.Deploy(nightly))
	evaluation, err := deployer.Launch("nightly")
	check(t, err)
	if evaluation == "" {
		t.Fatal("nothing was launched")
	}
}

// One attempt is answered by 500, the reply to the next one is lost; then a query breaks.
func TestAServerThatFails(t *testing.T) {
	deployer := aDeployer(t)
	for _, fault := range []string{
		`{"fault": {"kind": "status", "status": 500}, "match": {"operation": "register"}, "nth": 1}`,
		`{"fault": {"kind": "drop", "carried_out": true}, "match": {"operation": "register"}, "nth": 2}`,
		`{"fault": {"kind": "drop"}, "match": {"operation": "allocations"}, "nth": 1}`,
	} {
		control(t, http.MethodPost, "faults", fault, nil)
	}
	check(t, deployer.Deploy(aJob("web", "service", 1)))
	check(t, deployer.WaitUntilRunning(soon(t), "web", 1))
	var attempts struct{ Count int }
	control(t, http.MethodGet, "journal/count?operation=register", "", &attempts)
	if attempts.Count != 3 {
		t.Fatal("the job was sent", attempts.Count, "times")
	}
}
