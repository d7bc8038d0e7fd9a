use std::time::Duration;

use deployer::Deployer;
use reqwest::Client;
use serde_json::{json, Value};

const SOON: Duration = Duration::from_secs(30);

/// A world of its own on the mock: `cargo test` runs tests at the same time. The control plane is the mock's alone.
struct World(String);

impl World {
    async fn new(name: &str) -> (Self, Deployer) {
        let mock = Self(std::env::var("NOMAD_ADDR").expect("nomad-mock run sets NOMAD_ADDR"));
        let space = mock.post("spaces", json!({"name": name, "port": 0})).await;
        let address = format!("http://127.0.0.1:{}", space["port"]);
        let deployer = Deployer::new(&address).unwrap();
        (Self(address), deployer)
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let reply = Client::new().post(format!("{}/__admin/{path}", self.0)).json(&body).send().await.unwrap();
        reply.error_for_status().unwrap().json().await.unwrap()
    }

    async fn count(&self, operation: &str) -> Value {
        let address = format!("{}/__admin/journal/count?operation={operation}", self.0);
        let reply: Value = reqwest::get(address).await.unwrap().json().await.unwrap();
        reply["count"].clone()
    }
}

fn a_job(id: &str, kind: &str, count: usize) -> Value {
    let task = json!({
        "Name": "main",
        "Driver": "raw_exec",
        "Config": {"command": "sleep", "args": ["600"]},
        "Resources": {"CPU": 50, "MemoryMB": 32},
        "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 10},
    });
    json!({
        "ID": id, "Name": id, "Region": "global", "Datacenters": ["dc1"], "Type": kind, "Priority": 50,
        "TaskGroups": [{"Name": "main", "Count": count, "Tasks": [task]}],
    })
}

#[tokio::test]
async fn the_life_of_a_job() {
    let (_world, deployer) = World::new("life").await;
    deployer.deploy(&a_job("web", "service", 2)).await.unwrap();
    deployer.wait_until_running("web", 2, SOON).await.unwrap();
    assert_eq!(deployer.scale("web", "main", 3).await.unwrap()["Place"], 1);
    deployer.wait_until_running("web", 3, SOON).await.unwrap();
    deployer.stop("web").await.unwrap();
    deployer.wait_until_running("web", 0, SOON).await.unwrap();
}

#[tokio::test]
async fn jobs_that_start_others() {
    let (_world, deployer) = World::new("others").await;
    let mut parent = a_job("import", "batch", 1);
    parent["ParameterizedJob"] = json!({"Payload": "required", "MetaOptional": ["user"]});
    deployer.deploy(&parent).await.unwrap();
    let child = deployer.dispatch("import", b"some text", json!({"user": "me"})).await.unwrap();
    deployer.wait_until_running(&child, 1, SOON).await.unwrap();

    let mut nightly = a_job("nightly", "batch", 1);
    nightly["Periodic"] = json!({"Enabled": true, "SpecType": "cron", "Spec": "0 3 * * *"});
    deployer.deploy(&nightly).await.unwrap();
    assert!(!deployer.launch("nightly").await.unwrap().is_empty());
}

/// One attempt is answered by 500, the reply to the next one is lost; then a query breaks.
#[tokio::test]
async fn a_server_that_fails() {
    let (world, deployer) = World::new("fails").await;
    for fault in [
        json!({"fault": {"kind": "status", "status": 500}, "match": {"operation": "register"}, "nth": 1}),
        json!({"fault": {"kind": "drop", "carried_out": true}, "match": {"operation": "register"}, "nth": 2}),
        json!({"fault": {"kind": "drop"}, "match": {"operation": "allocations"}, "nth": 1}),
    ] {
        world.post("faults", fault).await;
    }
    deployer.deploy(&a_job("web", "service", 1)).await.unwrap();
    deployer.wait_until_running("web", 1, SOON).await.unwrap();
    assert_eq!(world.count("register").await, 3);
}
