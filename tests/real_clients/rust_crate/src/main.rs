//! The life of a job with nomad-client-rs, as far as the crate goes.

use nomad_client_rs::api::job::models::{JobCreateRequest, JobDispatchRequest, JobListAllocationsParams, JobStopParams};
use nomad_client_rs::models::job::Job;
use nomad_client_rs::{Config, NomadClient};
use serde_json::{json, Value};
use std::time::{Duration, Instant};

fn a_job(name: &str, count: u32, more: Value) -> Job {
    let mut job = json!({
        "ID": name, "Name": name, "Region": "global", "Type": "service", "Priority": 50, "Datacenters": ["dc1"],
        "TaskGroups": [{"Name": "main", "Count": count, "Tasks": [{
            "Name": "main", "Driver": "raw_exec", "Config": {"command": "sleep", "args": ["600"]},
            "Resources": {"CPU": 50, "MemoryMB": 32}, "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 10},
        }]}],
    });
    for (member, value) in more.as_object().unwrap() {
        job[member] = value.clone();
    }
    serde_json::from_value(job).unwrap()
}

async fn wait_for_running(client: &NomadClient, job: &str, count: usize) {
    let until = Instant::now() + Duration::from_secs(30);
    while Instant::now() < until {
        let found = client.job_list_allocations(job, &JobListAllocationsParams { all: None }).await.unwrap();
        let running = found.iter().filter(|each| each.client_status.as_deref() == Some("running")).count();
        if running == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the allocations are not as they should be");
}

#[tokio::main]
async fn main() {
    let address = std::env::var("NOMAD_ADDR").unwrap();
    let (host, port) = address.rsplit_once(':').unwrap();
    let client = NomadClient::new(Config { base_url: host.into(), port: port.parse().unwrap(), ..Config::default() });

    client.status_get_leader().await.unwrap();
    let web = JobCreateRequest { job: Some(a_job("web", 2, json!({}))), ..Default::default() };
    let created = client.job_create(&web).await.unwrap();
    assert!(created.eval_id.is_some());
    wait_for_running(&client, "web", 2).await;

    let index = created.job_modify_index;
    let more = JobCreateRequest {
        job: Some(a_job("web", 3, json!({}))),
        enforce_index: Some(true),
        job_modify_index: index,
        ..Default::default()
    };
    client.job_create(&more).await.unwrap();
    wait_for_running(&client, "web", 3).await;

    let parent = a_job("import", 1, json!({"Type": "batch", "ParameterizedJob": {"Payload": "optional"}}));
    client.job_create(&JobCreateRequest { job: Some(parent), ..Default::default() }).await.unwrap();
    let dispatch = JobDispatchRequest { job_id: Some("import".into()), payload: Some("dGV4dA==".into()), meta: None };
    let child = client.job_dispatch("import", &dispatch).await.unwrap().dispatched_job_id.unwrap();
    assert!(child.starts_with("import/dispatch-"));

    client.job_stop("web", &JobStopParams::default()).await.unwrap();
}
