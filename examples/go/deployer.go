// Package deployer deploys jobs with Nomad's own package api, and watches them with blocking queries.
package deployer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/nomad/api"
)

// Deployer deploys jobs to one Nomad.
type Deployer struct {
	jobs *api.Jobs
}

// New returns a deployer for the Nomad that NOMAD_ADDR names.
func New() (*Deployer, error) {
	client, err := api.NewClient(api.DefaultConfig())
	if err != nil {
		return nil, err
	}
	return &Deployer{client.Jobs()}, nil
}

// Deploy registers a job, new or changed. Each attempt looks first, since the one before may have been carried out.
func (d *Deployer) Deploy(job *api.Job) error {
	return again(func() error {
		index := uint64(0)
		known, _, err := d.jobs.Info(*job.ID, nil)
		if err == nil {
			index = *known.JobModifyIndex
		} else if status(err) != http.StatusNotFound {
			return err
		}
		_, _, err = d.jobs.EnforceRegister(job, index, nil)
		return err
	})
}

// WaitUntilRunning watches until count allocations of a job run, or the context ends.
func (d *Deployer) WaitUntilRunning(ctx context.Context, jobID string, count int) error {
	query := (&api.QueryOptions{}).WithContext(ctx)
	for ctx.Err() == nil {
		var found []*api.AllocationListStub
		var meta *api.QueryMeta
		err := again(func() (err error) {
			found, meta, err = d.jobs.Allocations(jobID, false, query)
			return err
		})
		if err != nil {
			return err
		}
		running := 0
		for _, allocation := range found {
			if allocation.ClientStatus == api.AllocClientStatusRunning {
				running++
			}
		}
		if running == count {
			return nil
		}
		if meta.LastIndex == query.WaitIndex {
			time.Sleep(100 * time.Millisecond) // nothing new came; a query with index 0 never waits
		}
		if meta.LastIndex < query.WaitIndex {
			query.WaitIndex, query.WaitTime = 0, 0 // it went back: the server was restored, so ask anew
		} else {
			query.WaitIndex, query.WaitTime = meta.LastIndex, time.Minute
		}
	}
	return fmt.Errorf("%s has not %d running allocations: %w", jobID, count, ctx.Err())
}

// Scale changes the count of a group in the job as it is now, and returns what the plan says.
func (d *Deployer) Scale(jobID, group string, count int) (updates *api.DesiredUpdates, err error) {
	err = again(func() error {
		job, _, err := d.jobs.Info(jobID, nil)
		if err != nil {
			return err
		}
		for _, each := range job.TaskGroups {
			if *each.Name == group {
				each.Count = &count
			}
		}
		plan, _, err := d.jobs.Plan(job, true, nil)
		if err != nil {
			return err
		}
		updates = plan.Annotations.DesiredTGUpdates[group]
		_, _, err = d.jobs.EnforceRegister(job, plan.JobModifyIndex, nil)
		return err
	})
	return updates, err
}

// Dispatch starts a parameterized job, and returns the ID of the child. Each call starts one, so it is not repeated.
func (d *Deployer) Dispatch(jobID string, payload []byte, meta map[string]string) (string, error) {
	reply, _, err := d.jobs.Dispatch(jobID, meta, payload, "", nil)
	if err != nil {
		return "", err
	}
	return reply.DispatchedJobID, nil
}

// Launch launches a periodic job now, and returns the ID of the evaluation.
func (d *Deployer) Launch(jobID string) (string, error) {
	evaluation, _, err := d.jobs.PeriodicForce(jobID, nil)
	return evaluation, err
}

// Stop stops a job; one that is not there is stopped already.
func (d *Deployer) Stop(jobID string) error {
	return again(func() error {
		_, _, err := d.jobs.Deregister(jobID, false, nil)
		return err
	})
}

// again calls, and calls again when the server or the network fails. A 4xx is our own mistake, and stays one.
func again(call func() error) error {
	for _, pause := range []time.Duration{50, 100, 200} {
		err := call()
		if code := status(err); err == nil || code >= 400 && code < 500 {
			return err
		}
		time.Sleep(pause * time.Millisecond)
	}
	return call()
}

// status returns the status of a reply that says no, 0 when there was no reply.
func status(err error) int {
	var reply api.UnexpectedResponseError
	if errors.As(err, &reply) {
		return reply.StatusCode()
	}
	return 0
}
