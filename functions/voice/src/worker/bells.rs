//! The shard's doorbell queue. A bell carries no truth: one that is lost, late or heard twice does no harm.

use core::time::Duration;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::Message;
use shared::ids::GuildId;
use shared::messages::Doorbell;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::deps::Deps;

/// The longest that SQS holds a request open.
const WAIT_S: i32 = 20;
/// Bells that may wait for the router; it takes them at once.
const WAITING: usize = 256;
/// Before the queue is asked again after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Guilds at whose door somebody rang, as long as somebody listens.
pub(crate) fn listen(deps: &Arc<Deps>, sdk: &SdkConfig) -> Receiver<GuildId> {
    let (bells, heard) = channel(WAITING);
    // A long poll takes longer than any other call may.
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(30))
        .operation_timeout(Duration::from_mins(1))
        .build();
    let client = Client::from_conf(aws_sdk_sqs::config::Builder::from(sdk).timeout_config(timeouts).build());
    let deps = deps.clone();
    tokio::spawn(async move {
        while !bells.is_closed() {
            if let Err(code) = poll(&deps, &client, &bells).await {
                deps.telemetry.fault("doorbell.receive", &code);
                tokio::time::sleep(PAUSE).await;
            }
        }
    });
    heard
}

async fn poll(deps: &Deps, client: &Client, bells: &Sender<GuildId>) -> Result<(), String> {
    let receive = client.receive_message().queue_url(&deps.config.queue_url).max_number_of_messages(10);
    let received = tokio::select! {
        received = receive.wait_time_seconds(WAIT_S).send() => received,
        () = bells.closed() => return Ok(()),
    };
    let messages = received.map_err(|error| shared::aws::code(&error))?.messages.unwrap_or_default();
    for message in &messages {
        match message.body().map(Doorbell::parse) {
            Some(Ok(bell)) => drop(bells.send(bell.guild()).await),
            _ => deps.telemetry.fault("doorbell.parse", "malformed"),
        }
    }
    for message in &messages {
        delete(deps, client, message).await?;
    }
    Ok(())
}

/// What is heard is gone: the rows say what is wanted, and they are read again anyway.
async fn delete(deps: &Deps, client: &Client, message: &Message) -> Result<(), String> {
    let delete = client.delete_message().queue_url(&deps.config.queue_url);
    let sent = delete.set_receipt_handle(message.receipt_handle.clone()).send().await;
    sent.map(drop).map_err(|error| shared::aws::code(&error))
}
