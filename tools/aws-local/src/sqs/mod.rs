//! SQS: standard queues in memory, speaking the JSON protocol.
//!
//! Emulated: sending (alone and in batches), receiving with long polling, deletion, visibility, dead-letter queues,
//! counts, purging. Not emulated, and refused: FIFO queues, message attributes. At-least-once is exactly once here, and
//! order is kept: a consumer must not rely on either.

mod error;
mod queue;
mod request;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::fault::{Fault, Faults, Words};
use crate::machine;
use crate::template::QueuePlan;
use crate::wire::{self, ACCOUNT, REGION, ServiceError, answer};
use queue::{CannotChange, Handle, Message, Queue};
use request::{MAX_BODY, Outgoing, Receive, Request};

/// Ten messages of the greatest size fit, with room for their JSON.
const MAX_REQUEST: usize = 4 * MAX_BODY;

/// Of faults.
const WORDS: Words<ServiceError> = Words {
    broken: || ServiceError::internal("on command"),
    throttled: error::throttled,
    denied: error::denied,
};

/// The queues of a stack.
#[derive(Debug)]
pub(crate) struct Sqs {
    address: SocketAddr,
    queues: Mutex<BTreeMap<String, Queue>>,
    arrived: Notify,
    faults: Faults,
}

impl Sqs {
    /// Empty queues, named under `address`.
    pub(crate) fn new(plans: &[QueuePlan], address: SocketAddr) -> Self {
        let queues = plans.iter().map(|plan| (plan.name.clone(), Queue::new(plan.clone()))).collect();
        Self { address, queues: Mutex::new(queues), arrived: Notify::new(), faults: Faults::default() }
    }

    /// Answers one call.
    pub(crate) async fn call(&self, operation: &str, request: http::Request<Body>) -> http::Response<Body> {
        let fault = self.faults.take(operation);
        let result = if fault == Fault::None {
            self.dispatch(operation, request.into_body()).await
        } else {
            let done = match fault {
                // Nothing is done under any other.
                Fault::AnswerLost => self.dispatch(operation, request.into_body()).await,
                _ => Ok(Value::Null),
            };
            fault.around(|| done, &WORDS).await
        };
        answer("com.amazonaws.sqs", "1.0", result)
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Takes a message from another service. Without such a queue it is lost, as it is in the cloud.
    pub(crate) fn deliver(&self, queue: &str, body: String) {
        let _ = self.send(queue, Outgoing { body, delay_s: None });
    }

    /// How many messages could be received from each queue.
    pub(crate) fn depths(&self) -> Vec<(String, usize)> {
        let now_ms = machine::now_ms();
        let mut queues = self.lock();
        queues.iter_mut().map(|(name, queue)| (name.clone(), queue.counts(now_ms).visible)).collect()
    }

    async fn dispatch(&self, operation: &str, body: Body) -> Result<Value, ServiceError> {
        let request: Request = wire::request(body, MAX_REQUEST, error::batch_too_long).await?;
        match operation {
            "SendMessage" => self.send(request.queue()?, request.outgoing()?),
            "SendMessageBatch" => self.send_batch(request),
            "ReceiveMessage" => self.receive(request.queue()?, &request.receive()?).await,
            "DeleteMessage" => self.delete(&request),
            "ChangeMessageVisibility" => self.change_visibility(&request),
            "GetQueueUrl" => self.url_of(&request),
            "GetQueueAttributes" => self.attributes(&request),
            "PurgeQueue" => self.purge(&request),
            other => Err(error::unsupported(other)),
        }
    }

    fn send(&self, queue: &str, message: Outgoing) -> Result<Value, ServiceError> {
        let id = machine::uuid().map_err(|error| ServiceError::internal(error.to_string()))?;
        let digest = md5_hex(&message.body);
        self.with(queue, |queue| queue.send(machine::now_ms(), id.clone(), message.body, message.delay_s))?;
        self.arrived.notify_waiters();
        Ok(json!({ "MessageId": id, "MD5OfMessageBody": digest }))
    }

    fn send_batch(&self, request: Request) -> Result<Value, ServiceError> {
        let queue = request.queue()?.to_owned();
        self.with(&queue, |_| ())?;
        check_batch(&request)?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for entry in request.entries {
            let id = entry.id.clone();
            let sent = entry.request().and_then(|one| self.send(&queue, one.outgoing()?));
            match sent {
                Ok(mut result) => {
                    result["Id"] = id.into();
                    successful.push(result);
                }
                Err(error) => failed.push(json!({
                    "Id": id, "Code": error.query_code.unwrap_or(error.code),
                    "Message": error.message, "SenderFault": error.status < 500,
                })),
            }
        }
        Ok(json!({ "Successful": successful, "Failed": failed }))
    }

    /// Waits for a message to arrive or to show itself, as long as the call or the queue says.
    async fn receive(&self, queue: &str, receive: &Receive) -> Result<Value, ServiceError> {
        let wait_s = self.with(queue, |queue| receive.wait_s.unwrap_or(queue.plan().receive_wait_s))?;
        let deadline = Instant::now() + Duration::from_secs(wait_s.into());
        loop {
            // Before the look, so that what arrives between the look and the wait wakes us.
            let arrived = self.arrived.notified();
            let messages = self.receive_now(queue, receive)?;
            if !messages.is_empty() || Instant::now() >= deadline {
                let messages: Vec<Value> = messages.iter().map(|message| to_json(message, receive)).collect();
                return Ok(if messages.is_empty() { json!({}) } else { json!({ "Messages": messages }) });
            }
            let shown = self.with(queue, |queue| queue.next_visible_ms())?;
            let shown = shown.map(|at| Duration::from_millis(at.saturating_sub(machine::now_ms()).max(1)));
            let until = shown.map_or(deadline, |wait| deadline.min(Instant::now() + wait));
            tokio::select! {
                () = arrived => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    fn receive_now(&self, name: &str, receive: &Receive) -> Result<Vec<Message>, ServiceError> {
        let now_ms = machine::now_ms();
        let mut queues = self.lock();
        let queue = queues.get_mut(name).ok_or_else(error::no_such_queue)?;
        let (received, dead) = queue.receive(now_ms, receive.max, receive.visibility_s);
        let target = queue.plan().redrive.as_ref().map(|redrive| redrive.dead_letter_queue.clone());
        if let Some(grave) = target.and_then(|name| queues.get_mut(&name)) {
            for message in dead {
                grave.bury(now_ms, message, arn(name));
            }
        }
        Ok(received)
    }

    fn delete(&self, request: &Request) -> Result<Value, ServiceError> {
        let handle: Handle = request.handle()?.parse().map_err(|_| error::invalid_handle())?;
        self.with(request.queue()?, |queue| queue.delete(&handle))?;
        Ok(json!({}))
    }

    fn change_visibility(&self, request: &Request) -> Result<Value, ServiceError> {
        let handle: Handle = request.handle()?.parse().map_err(|_| error::invalid_handle())?;
        let seconds = request.visibility()?.ok_or_else(|| error::missing("VisibilityTimeout"))?;
        let changed = self
            .with(request.queue()?, |queue| queue.change_visibility(machine::now_ms(), &handle, seconds))?;
        // A receiver may be waiting for what has just been shown again.
        self.arrived.notify_waiters();
        match changed {
            Ok(()) => Ok(json!({})),
            Err(CannotChange::NotInFlight) => Err(error::not_in_flight()),
            Err(CannotChange::Gone) => {
                let reason = "Message does not exist or is not available for visibility timeout change.";
                Err(error::invalid_value("ReceiptHandle", reason))
            }
        }
    }

    fn url_of(&self, request: &Request) -> Result<Value, ServiceError> {
        let name = request.queue_name.as_deref().ok_or_else(|| error::missing("QueueName"))?;
        self.with(name, |_| ())?;
        Ok(json!({ "QueueUrl": format!("http://{}/{ACCOUNT}/{name}", self.address) }))
    }

    fn attributes(&self, request: &Request) -> Result<Value, ServiceError> {
        let all = self.with(request.queue()?, describe)?;
        let asked = request.attributes();
        let wanted = |name: &str| asked.iter().any(|one| one == "All" || one == name);
        let chosen: Map<String, Value> = all.into_iter().filter(|(name, _)| wanted(name)).collect();
        Ok(json!({ "Attributes": chosen }))
    }

    fn purge(&self, request: &Request) -> Result<Value, ServiceError> {
        let purged = self.with(request.queue()?, |queue| queue.purge(machine::now_ms()))?;
        purged.map(|()| json!({})).map_err(|_| error::purge_in_progress())
    }

    fn with<T>(&self, name: &str, act: impl FnOnce(&mut Queue) -> T) -> Result<T, ServiceError> {
        self.lock().get_mut(name).map(act).ok_or_else(error::no_such_queue)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check_batch(request: &Request) -> Result<(), ServiceError> {
    let ids: BTreeSet<&str> = request.entries.iter().map(|entry| entry.id.as_str()).collect();
    match request.entries.len() {
        0 => Err(error::empty_batch()),
        11.. => Err(error::batch_too_big()),
        count if ids.len() < count => Err(error::ids_not_distinct()),
        _ => Ok(()),
    }
}

fn to_json(message: &Message, receive: &Receive) -> Value {
    let mut attributes = Map::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value
            && receive.attributes.iter().any(|asked| asked == "All" || asked == name)
        {
            attributes.insert(name.to_owned(), value.into());
        }
    };
    add("ApproximateReceiveCount", Some(message.received.to_string()));
    add("SentTimestamp", Some(message.sent_ms.to_string()));
    add("ApproximateFirstReceiveTimestamp", message.first_received_ms.map(|at| at.to_string()));
    add("DeadLetterQueueSourceArn", message.source_arn.clone());
    add("SenderId", Some(ACCOUNT.to_owned()));
    let mut body = json!({
        "MessageId": message.id,
        "ReceiptHandle": message.handle(),
        "Body": message.body,
        "MD5OfBody": md5_hex(&message.body),
    });
    if !attributes.is_empty() {
        body["Attributes"] = attributes.into();
    }
    body
}

fn describe(queue: &mut Queue) -> Map<String, Value> {
    let counts = queue.counts(machine::now_ms());
    let plan = queue.plan();
    let redrive = plan.redrive.as_ref().map(|redrive| {
        let target = arn(&redrive.dead_letter_queue);
        json!({ "deadLetterTargetArn": target, "maxReceiveCount": redrive.max_receive_count }).to_string()
    });
    let mut all: Map<String, Value> = [
        ("ApproximateNumberOfMessages", counts.visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
        ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
        ("VisibilityTimeout", plan.visibility_timeout_s.to_string()),
        ("MessageRetentionPeriod", plan.retention_s.to_string()),
        ("DelaySeconds", plan.delay_s.to_string()),
        ("ReceiveMessageWaitTimeSeconds", plan.receive_wait_s.to_string()),
        ("QueueArn", arn(&plan.name)),
    ]
    .map(|(name, value)| (name.to_owned(), value.into()))
    .into_iter()
    .collect();
    all.extend(redrive.map(|policy| ("RedrivePolicy".to_owned(), policy.into())));
    all
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
}

/// Some SDKs check it; the Rust one does not.
fn md5_hex(text: &str) -> String {
    format!("{:x}", md5::compute(text))
}
