//! Deploys jobs with reqwest, and watches them with blocking queries.

use std::time::Duration;

use base64::{engine::general_purpose::STANDARD, Engine};
use reqwest::{Client, Method};
use serde_json::{json, Value};
use tokio::time::{sleep, timeout};

/// How long a blocking query may take. The time-out of a request has to be longer.
const WAIT: Duration = Duration::from_secs(60);

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{method} {path}: {status} {text}")]
    Refused { method: Method, path: String, status: u16, text: String },
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("{0} does not run as wanted in time")]
    Late(String),
}

/// Deploys jobs to one Nomad.
pub struct Deployer {
    address: String,
    client: Client,
}

impl Deployer {
    /// Makes a deployer for the Nomad at an address, such as http://127.0.0.1:4646.
    pub fn new(address: &str) -> Result<Self, Error> {
        let client = Client::builder().timeout(WAIT + Duration::from_secs(10)).build()?;
        Ok(Self { address: address.to_owned(), client })
    }

    /// Registers a job, new or changed. Each attempt looks first, since the one before may have been carried out.
    pub async fn deploy(&self, job: &Value) -> Result<(), Error> {
        let job_id = job["ID"].as_str().unwrap_or_default();
        again(async || self.register(job_id, job, self.index(job_id).await?).await).await
    }

    /// Watches until so many allocations of a job run.
    pub async fn wait_until_running(&self, job_id: &str, count: usize, limit: Duration) -> Result<(), Error> {
        timeout(limit, self.watch(job_id, count)).await.unwrap_or_else(|_| Err(Error::Late(job_id.to_owned())))
    }

    async fn watch(&self, job_id: &str, count: usize) -> Result<(), Error> {
        let mut index = 0;
        loop {
            let mut path = format!("job/{job_id}/allocations");
            if index > 0 {
                path += &format!("?index={index}&wait={}s", WAIT.as_secs());
            }
            let (found, seen) = again(async || self.send(Method::GET, &path, None).await).await?;
            let running = |each: &&Value| each["ClientStatus"] == "running";
            if found.as_array().is_some_and(|all| all.iter().filter(running).count() == count) {
                return Ok(());
            }
            if seen == index {
                sleep(Duration::from_millis(100)).await; // nothing new came; a query with index 0 never waits
            }
            index = if seen < index { 0 } else { seen }; // it went back: the server was restored, so ask anew
        }
    }

    /// Changes the count of a group in the job as it is now, and returns what the plan says.
    pub async fn scale(&self, job_id: &str, group: &str, count: usize) -> Result<Value, Error> {
        again(async || {
            let (mut job, _) = self.send(Method::GET, &format!("job/{job_id}"), None).await?;
            for each in job["TaskGroups"].as_array_mut().into_iter().flatten() {
                if each["Name"] == group {
                    each["Count"] = count.into();
                }
            }
            let question = json!({"Job": job, "Diff": true});
            let (plan, _) = self.send(Method::PUT, &format!("job/{job_id}/plan"), Some(&question)).await?;
            self.register(job_id, &job, plan["JobModifyIndex"].clone()).await?;
            Ok(plan["Annotations"]["DesiredTGUpdates"][group].clone())
        })
        .await
    }

    /// Starts a parameterized job, and returns the ID of the child. Each call starts one, so it is not repeated.
    pub async fn dispatch(&self, job_id: &str, payload: &[u8], meta: Value) -> Result<String, Error> {
        let body = json!({"Payload": STANDARD.encode(payload), "Meta": meta});
        let (reply, _) = self.send(Method::PUT, &format!("job/{job_id}/dispatch"), Some(&body)).await?;
        Ok(reply["DispatchedJobID"].as_str().unwrap_or_default().to_owned())
    }

    /// Launches a periodic job now, and returns the ID of the evaluation.
    pub async fn launch(&self, job_id: &str) -> Result<String, Error> {
        let (reply, _) = self.send(Method::PUT, &format!("job/{job_id}/periodic/force"), None).await?;
        Ok(reply["EvalID"].as_str().unwrap_or_default().to_owned())
    }

    /// Stops a job; one that is not there is stopped already.
    pub async fn stop(&self, job_id: &str) -> Result<(), Error> {
        again(async || self.send(Method::DELETE, &format!("job/{job_id}"), None).await).await.map(drop)
    }

    async fn index(&self, job_id: &str) -> Result<Value, Error> {
        match self.send(Method::GET, &format!("job/{job_id}"), None).await {
            Ok((job, _)) => Ok(job["JobModifyIndex"].clone()),
            Err(Error::Refused { status: 404, .. }) => Ok(0.into()),
            Err(other) => Err(other),
        }
    }

    /// Registers a job, unless it was changed after an index.
    async fn register(&self, job_id: &str, job: &Value, index: Value) -> Result<(), Error> {
        let body = json!({"Job": job, "EnforceIndex": true, "JobModifyIndex": index});
        self.send(Method::PUT, &format!("job/{job_id}"), Some(&body)).await.map(drop)
    }

    /// Sends a request, and returns the body and the index of the reply.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(Value, u64), Error> {
        let mut request = self.client.request(method.clone(), format!("{}/v1/{path}", self.address));
        if let Some(body) = body {
            request = request.json(body);
        }
        let reply = request.send().await?;
        let status = reply.status();
        if !status.is_success() {
            let (path, status) = (path.to_owned(), status.as_u16());
            return Err(Error::Refused { method, path, status, text: reply.text().await? });
        }
        let index = reply.headers().get("X-Nomad-Index").and_then(|value| value.to_str().ok()?.parse().ok());
        Ok((reply.json().await?, index.unwrap_or(0)))
    }
}

/// Calls, and calls again when the server or the network fails. A 4xx is our own mistake, and stays one.
async fn again<T>(call: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
    for pause in [50, 100, 200] {
        match call().await {
            Err(Error::Refused { status: 500.., .. } | Error::Http(_)) => {}
            other => return other,
        }
        sleep(Duration::from_millis(pause)).await;
    }
    call().await
}
