//! Holding the shard: taken once, renewed for as long as the worker lives, given up at its end.

use core::time::Duration;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use shared::domain::workers::WorkerId;
use shared::store::leases::{Announced, Held, Renewal, Take};
use shared::telemetry::StoreOperation;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::deps::Deps;
use super::health::Health;
use super::router::Ended;

/// How often a shard that somebody else holds is asked for.
const ASK: Duration = Duration::from_millis(250);

/// A worker that has not reached the tables for so long ends.
const HOPELESS: SignedDuration = SignedDuration::from_mins(2);

/// How long ECS may take to say which task this is.
const METADATA: Duration = Duration::from_secs(5);

/// A worker without a name cannot hold anything.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("ECS does not say which task this is, or the system has no randomness")]
pub struct NoName;

/// Renews the lease.
#[derive(Debug)]
pub(crate) struct Keeper {
    held: watch::Receiver<Option<Held>>,
    lost: watch::Receiver<Loss>,
    renewing: JoinHandle<()>,
}

/// Whether the shard is to be left to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It is ours.
    No,
    /// Somebody is ready to follow: hand over.
    Wanted,
    /// Somebody else has it.
    Lost,
}

impl Keeper {
    /// Waits for the shard and takes it; `None` if the worker was told to stop before, or the tables are
    /// not there.
    pub(crate) async fn take(
        deps: &Arc<Deps>,
        health: &Health,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Option<Self>, NoName> {
        let worker = name(deps).await?;
        let held = tokio::select! {
            held = take(deps, health, &worker) => match held {
                Some(held) => held,
                None => return Ok(None),
            },
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        };
        let (held_tx, held) = watch::channel(Some(held));
        let (lost_tx, lost) = watch::channel(Loss::No);
        let deps = deps.clone();
        let renewing = tokio::spawn(async move { renew(&deps, &held_tx, &lost_tx).await });
        Ok(Some(Self { held, lost, renewing }))
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Option<Held>> {
        self.held.clone()
    }

    pub(crate) fn lost(&self) -> watch::Receiver<Loss> {
        self.lost.clone()
    }

    /// Lets go: for the one who waits, or for whoever comes some day.
    pub(crate) async fn give_up(self, deps: &Deps, ended: Ended) {
        self.renewing.abort();
        let Some(held) = self.held.borrow().clone() else { return };
        let given = match ended {
            Ended::Idle => deps.leases.release(held).await,
            Ended::Stopped | Ended::Refused => deps.leases.let_go(held).await,
            Ended::Lost => return,
        };
        if let Err(error) = given {
            deps.telemetry.store_failed(StoreOperation::Write, &error);
        }
    }
}

async fn name(deps: &Deps) -> Result<WorkerId, NoName> {
    if let Some(uri) = &deps.config.metadata_uri {
        return task(uri).await.ok_or(NoName);
    }
    let random = deps.rng.u64().map_err(|_| NoName)?;
    format!("worker-{random:016x}").parse().map_err(|_| NoName)
}

/// The ARN of our task
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html>).
async fn task(uri: &str) -> Option<WorkerId> {
    let client = reqwest::Client::builder().timeout(METADATA).build().ok()?;
    let task = client.get(format!("{uri}/task")).send().await.ok()?.error_for_status().ok()?;
    let task: serde_json::Value = serde_json::from_slice(&task.bytes().await.ok()?).ok()?;
    task["TaskARN"].as_str()?.parse().ok()
}

/// Says that it is ready to follow while somebody else holds the shard, and takes it when it is free.
async fn take(deps: &Deps, health: &Health, worker: &WorkerId) -> Option<Held> {
    let shard = deps.config.shard;
    let mut reached_at = deps.clock.now();
    loop {
        health.beat();
        let now = deps.clock.now();
        match deps.leases.take(shard, worker, now).await {
            Ok(Take::Mine(held)) => return Some(held),
            Ok(Take::Theirs(_)) => {
                reached_at = now;
                announce(deps, worker).await;
            }
            Err(error) => deps.telemetry.store_failed(StoreOperation::Write, &error),
        }
        if now.duration_since(reached_at) >= HOPELESS {
            return None;
        }
        tokio::time::sleep(ASK).await;
    }
}

async fn announce(deps: &Deps, worker: &WorkerId) {
    match deps.leases.announce(deps.config.shard, worker, deps.clock.now()).await {
        Ok(Announced::Waiting | Announced::Free | Announced::NotNeeded) => {}
        Err(error) => deps.telemetry.store_failed(StoreOperation::Write, &error),
    }
}

async fn renew(deps: &Deps, held: &watch::Sender<Option<Held>>, lost: &watch::Sender<Loss>) {
    loop {
        let Some(current) = held.borrow().clone() else { return };
        // The lease says how many would miss this worker. Who dies before that is known is not replaced.
        tokio::select! {
            () = tokio::time::sleep(until(deps.clock.now(), current.renew_at())) => {}
            () = deps.begins() => {}
        }
        let sessions = deps.playing();
        match deps.leases.renew(&current, sessions, deps.clock.now()).await {
            Ok(Renewal::Renewed { held: renewed, waiting }) => {
                held.send_replace(Some(renewed));
                if waiting.is_some() {
                    lost.send_replace(Loss::Wanted);
                }
            }
            Ok(Renewal::Lost) => {
                held.send_replace(None);
                lost.send_replace(Loss::Lost);
                return;
            }
            Err(error) => {
                deps.telemetry.store_failed(StoreOperation::Write, &error);
                if is_hopeless(&current, deps.clock.now()) {
                    held.send_replace(None);
                    lost.send_replace(Loss::Lost);
                    return;
                }
                tokio::time::sleep(ASK).await;
            }
        }
    }
}

/// Silent for minutes, and paid for: whoever finds the shard free starts another worker.
fn is_hopeless(held: &Held, now: Timestamp) -> bool {
    held.age(now) >= HOPELESS
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn what_is_over_is_not_waited_for() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(until(now, now + 2.seconds()), Duration::from_secs(2));
        assert_eq!(until(now, now - 2.seconds()), Duration::ZERO);
    }
}
