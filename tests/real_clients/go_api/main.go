// The life of a job with the package api of Nomad 0.5.4.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/nomad/api"
)

func need(what bool, told ...interface{}) {
	if !what {
		fmt.Println(told...)
		os.Exit(1)
	}
}

func aJob(name string, count int) *api.Job {
	task := api.NewTask("main", "raw_exec").
		SetConfig("command", "sleep").
		SetConfig("args", []string{"600"}).
		Require(&api.Resources{CPU: 50, MemoryMB: 32, IOPS: 0}).
		SetLogConfig(&api.LogConfig{MaxFiles: 1, MaxFileSizeMB: 10})
	return api.NewServiceJob(name, name, "global", 50).
		AddDatacenter("dc1").
		AddTaskGroup(api.NewTaskGroup("main", count).AddTask(task))
}

// wait asks with blocking queries until what is asked for is there.
func wait(what string, ask func(*api.QueryOptions) (bool, *api.QueryMeta, error)) {
	query := &api.QueryOptions{WaitTime: 5 * time.Second}
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		began := time.Now()
		reached, meta, err := ask(query)
		need(err == nil, what, err)
		if reached {
			return
		}
		if query.WaitIndex > meta.LastIndex {
			query.WaitIndex = 0
		} else {
			query.WaitIndex = meta.LastIndex
		}
		time.Sleep(100*time.Millisecond - time.Since(began))
	}
	need(false, what, "not as it should be")
}

func waitForRunning(jobs *api.Jobs, job string, count int) {
	wait("allocations", func(query *api.QueryOptions) (bool, *api.QueryMeta, error) {
		found, meta, err := jobs.Allocations(job, false, query)
		running := 0
		for _, each := range found {
			if each.ClientStatus == "running" {
				running++
			}
		}
		return running == count, meta, err
	})
}

func main() {
	client, err := api.NewClient(api.DefaultConfig())
	need(err == nil, err)
	jobs := client.Jobs()

	_, _, err = jobs.Register(aJob("web", 2), nil)
	need(err == nil, err)
	waitForRunning(jobs, "web", 2)
	job, _, err := jobs.Info("web", nil)
	need(err == nil, err)
	need(job.ID == "web" && job.Status == "running", job.ID, job.Status)
	stubs, _, err := jobs.List(nil)
	need(err == nil && len(stubs) == 1 && stubs[0].ID == "web", err, stubs)
	wait("summary", func(query *api.QueryOptions) (bool, *api.QueryMeta, error) {
		found, meta, err := jobs.Summary("web", query)
		return err == nil && found.Summary["main"].Running == 2, meta, err
	})
	evaluations, _, err := jobs.Evaluations("web", nil)
	need(err == nil && len(evaluations) > 0, err)
	for _, each := range evaluations {
		need(each.JobID == "web", each.JobID)
	}

	plan, _, err := jobs.Plan(aJob("web", 3), true, nil)
	need(err == nil, err)
	need(plan.JobModifyIndex == job.JobModifyIndex, plan.JobModifyIndex, job.JobModifyIndex)
	need(plan.Diff.Type == "Edited", plan.Diff.Type)
	_, _, err = jobs.EnforceRegister(aJob("web", 3), plan.JobModifyIndex, nil)
	need(err == nil, err)
	waitForRunning(jobs, "web", 3)
	evaluation, _, err := jobs.ForceEvaluate("web", nil)
	need(err == nil, err)
	info, _, err := client.Evaluations().Info(evaluation, nil)
	need(err == nil && info.JobID == "web", err)

	parent := aJob("import", 1)
	parent.Type = "batch"
	parent.ParameterizedJob = &api.ParameterizedJobConfig{Payload: "optional"}
	_, _, err = jobs.Register(parent, nil)
	need(err == nil, err)
	dispatched, _, err := jobs.Dispatch("import", nil, []byte("text"), nil)
	need(err == nil, err)
	child, _, err := jobs.Info(dispatched.DispatchedJobID, nil)
	need(err == nil && child.ParentID == "import", err)

	_, _, err = jobs.Deregister("web", nil)
	need(err == nil, err)
	_, _, err = jobs.Info("web", nil)
	need(err != nil && strings.Contains(err.Error(), "404"), err)
}
