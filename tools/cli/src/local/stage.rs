//! What the page offers of the stack below Discord: songs to begin with, and what can go wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_local::cloudwatch::State;
use aws_local::ecs::Refusal;
use aws_local::{Fault, Stack};
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::{BoxFuture, FutureExt as _};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use shared::clock::Clock;
use shared::security::event::Platform;
use shared::telemetry::{AuthFailure, Metric, Sink, Telemetry};
use simulator::{Offer, OfferKind, Song, Stage};

/// Where a worker may be started, in the order in which they are tried.
const PROVIDERS: [&str; 2] = ["FARGATE_SPOT", "FARGATE"];

/// The alarm that pauses the bot by itself, as a stack that is not prod names it.
const UNDER_ATTACK: &str = "TimmyBot-UnderAttack-timmybot";

/// The fewest that are too many for the alarms of SPEC T25 and T26. Both at once are an attack.
const ATTEMPTS: u32 = 11;
const FORGERIES: u32 = 21;

/// The stack, as the page sees it.
pub(crate) struct LocalStage {
    stack: Arc<Stack>,
    songs: Vec<Song>,
    throttled: AtomicBool,
    no_workers: AtomicBool,
}

/// The newest task that runs, and its process.
pub(crate) fn running(stack: &Stack) -> Option<(String, u32)> {
    let ecs = stack.ecs();
    ecs.task_arns().into_iter().rev().find_map(|arn| Some((arn.clone(), ecs.pid(&arn)?)))
}

impl LocalStage {
    /// With the songs of the music folder.
    pub(crate) fn new(stack: Arc<Stack>, songs: Vec<Song>) -> Self {
        Self { stack, songs, throttled: AtomicBool::new(false), no_workers: AtomicBool::new(false) }
    }

    /// The task that runs, and its process.
    fn worker(&self) -> Result<(String, Pid), String> {
        let (arn, pid) = running(&self.stack).ok_or("no worker is running")?;
        Ok((arn, Pid::from_raw(i32::try_from(pid).map_err(|_| "its process has no number")?)))
    }

    /// As if the worker had not come round to renewing it.
    async fn expire_lease(&self) -> Result<(), String> {
        let client = shared::store::client(&testkit::sdk_config(&self.stack.endpoint()));
        let update = client.update_item().table_name("timmybot-leases");
        let update = update.key("lease", AttributeValue::S("shard#0".to_owned()));
        let update = update.update_expression("SET #until = :zero REMOVE #owner");
        let update = update.condition_expression("attribute_exists(#owner)");
        let update = update.expression_attribute_names("#until", "until");
        let update = update.expression_attribute_names("#owner", "owner");
        let update = update.expression_attribute_values(":zero", AttributeValue::N("0".to_owned()));
        update.send().await.map_err(|_| "nobody holds the lease")?;
        Ok(())
    }

    /// As `SetAlarmState` does: the alarm tells its topic, and from there on everything is as in the cloud.
    fn trip_alarm(&self, on: bool) {
        let to = if on { State::Alarm } else { State::Ok };
        let (alarms, now) = (self.stack.cloudwatch(), Clock::system().now());
        // The alarm is the template's.
        let _ = alarms.set(UNDER_ATTACK, to, "Tripped by hand on the page", now);
    }

    /// As if functions had counted so many: the alarms find them with their next look.
    fn count(&self, metric: Metric, times: u32) {
        let (sink, written) = Sink::memory();
        Telemetry::new(sink, "simulator", Clock::system()).metric(metric, times);
        written.writes().iter().for_each(|line| self.stack.cloudwatch().hear(line));
    }

    fn is_tripped(&self) -> bool {
        self.stack.cloudwatch().state(UNDER_ATTACK) == Ok(State::Alarm)
    }

    fn refuse_workers(&self, on: bool) {
        for provider in PROVIDERS {
            self.stack.ecs().admit(provider);
            if on {
                self.stack.ecs().refuse(provider, Refusal::AtOnce, u32::MAX);
            }
        }
        self.no_workers.store(on, Ordering::Relaxed);
    }

    async fn make(&self, id: &str, on: bool) -> Result<(), String> {
        match id {
            "kill_worker" => {
                let (_, pid) = self.worker()?;
                kill(pid, Signal::SIGKILL).map_err(|error| error.to_string())
            }
            "stop_worker" => {
                let (arn, _) = self.worker()?;
                self.stack.ecs().interrupt(&arn);
                Ok(())
            }
            "throttle_tables" => {
                self.stack.set_fault(if on { Fault::Throttle } else { Fault::None });
                self.throttled.store(on, Ordering::Relaxed);
                Ok(())
            }
            "no_workers" => {
                self.refuse_workers(on);
                Ok(())
            }
            "expire_lease" => self.expire_lease().await,
            "trip_alarm" => {
                self.trip_alarm(on);
                Ok(())
            }
            "attempts" => {
                self.count(Metric::UnauthorizedAccess, ATTEMPTS);
                Ok(())
            }
            "forgeries" => {
                let (platform, reason) = (Platform::Discord, AuthFailure::BadSignature);
                self.count(Metric::AuthFailures { platform, reason }, FORGERIES);
                Ok(())
            }
            _ => Err("there is no such fault".to_owned()),
        }
    }
}

impl Stage for LocalStage {
    fn songs(&self) -> Vec<Song> {
        self.songs.clone()
    }

    fn offers(&self) -> Vec<Offer> {
        let offer = |id: &str, title: &str, kind| Offer { id: id.to_owned(), title: title.to_owned(), kind };
        let switch = |on: &AtomicBool| OfferKind::Switch { on: on.load(Ordering::Relaxed) };
        vec![
            offer("kill_worker", "Kill the worker", OfferKind::Button),
            offer("stop_worker", "Take the worker's capacity back", OfferKind::Button),
            offer("expire_lease", "Expire the worker's lease", OfferKind::Button),
            offer(
                "trip_alarm",
                "Trip the alarm \"under attack\"",
                OfferKind::Switch { on: self.is_tripped() },
            ),
            offer("attempts", &format!("{ATTEMPTS} attempts by strangers"), OfferKind::Button),
            offer("forgeries", &format!("{FORGERIES} forged requests"), OfferKind::Button),
            offer("throttle_tables", "Throttle the tables", switch(&self.throttled)),
            offer("no_workers", "No worker can start", switch(&self.no_workers)),
        ]
    }

    fn fault<'a>(&'a self, id: &'a str, on: bool) -> BoxFuture<'a, Result<(), String>> {
        self.make(id, on).boxed()
    }
}

#[cfg(test)]
mod tests {
    use aws_local::{Data, StackOptions};

    use super::*;

    fn stage() -> LocalStage {
        let template = testkit::workspace_root().join("template.yaml");
        let options = StackOptions { template, parameters: [].into(), data: Data::Memory, port: 0 };
        LocalStage::new(Arc::new(Stack::start(&options).unwrap()), vec![])
    }

    fn is_on(stage: &LocalStage, id: &str) -> bool {
        let offer = stage.offers().into_iter().find(|offer| offer.id == id).unwrap();
        offer.kind == OfferKind::Switch { on: true }
    }

    #[tokio::test]
    async fn every_offer_can_be_made_or_says_why_not() {
        let stage = stage();
        for offer in stage.offers() {
            let done = stage.fault(&offer.id, true).await;
            let needs_worker = ["kill_worker", "stop_worker", "expire_lease"].contains(&offer.id.as_str());
            assert_eq!(done.is_err(), needs_worker, "no worker runs: {}", offer.id);
        }
        assert!(stage.fault("flood", true).await.is_err());
    }

    #[tokio::test]
    async fn switches_are_on_until_they_are_switched_off() {
        let stage = stage();
        for id in ["throttle_tables", "no_workers", "trip_alarm"] {
            assert!(!is_on(&stage, id));
            stage.fault(id, true).await.unwrap();
            assert!(is_on(&stage, id));
            stage.fault(id, false).await.unwrap();
            assert!(!is_on(&stage, id));
        }
    }

    /// By the template's own thresholds and rule, not by a word of ours.
    #[tokio::test]
    async fn attempts_and_forgeries_are_each_an_alarm_and_both_an_attack() {
        let stage = stage();
        let look = || {
            let changes = stage.stack.cloudwatch().evaluate(Clock::system().now());
            let raised = changes.into_iter().filter(|change| change.to == State::Alarm);
            raised.map(|change| change.alarm.trim_end_matches("-timmybot").to_owned()).collect::<Vec<_>>()
        };
        let raised = |names: &[&str], found: Vec<String>| {
            // No function runs here, which its own alarm notices.
            let ours = found.into_iter().filter(|name| name != "TimmyBot-FanOut-silent");
            assert_eq!(ours.collect::<Vec<_>>(), names);
        };
        raised(&[], look());
        stage.fault("attempts", true).await.unwrap();
        raised(&["TimmyBot-UnauthorizedAccess"], look());
        assert!(!is_on(&stage, "trip_alarm"));
        stage.fault("forgeries", true).await.unwrap();
        raised(&["TimmyBot-AuthFailures", "TimmyBot-UnderAttack"], look());
        assert!(is_on(&stage, "trip_alarm"));
    }
}
