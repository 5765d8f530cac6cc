//! Discord looks, at first and again and again, whether an endpoint checks signatures (Discord: "Security and
//! Authorization").

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::endpoint::{Answer, Endpoint, Unanswered};
use super::{Entry, Kind};
use crate::core::Core;
use crate::ids::ApplicationId;
use crate::machine;

/// Between two looks.
const PERIOD: Duration = Duration::from_mins(5);

/// What an endpoint is tried with.
#[derive(Clone, Copy, Debug)]
enum Trial {
    /// A PING that is signed.
    Signed,
    /// One whose signature is of another body.
    OtherBody,
    /// One whose signature is none.
    Garbage,
}

impl Trial {
    const ALL: [Self; 3] = [Self::Signed, Self::OtherBody, Self::Garbage];

    const fn title(self) -> &'static str {
        match self {
            Self::Signed => "a signed PING",
            Self::OtherBody => "a PING with the signature of something else",
            Self::Garbage => "a PING with no real signature",
        }
    }

    async fn send(self, endpoint: &Endpoint, application: ApplicationId) -> Result<Answer, Unanswered> {
        let ping = json!({
            "type": 1, "version": 1, "id": "1", "application_id": application, "token": "probe",
            "user": { "id": "1", "username": "discord", "discriminator": "0", "avatar": null },
        });
        let body = ping.to_string();
        let at = machine::now().as_second().to_string();
        match self {
            Self::Signed => endpoint.send(body.as_bytes()).await,
            Self::OtherBody => {
                let other = endpoint.sign(&at, b"{}");
                endpoint.send_signed(body.as_bytes(), &at, &other).await
            }
            Self::Garbage => endpoint.send_signed(body.as_bytes(), &at, &"0".repeat(128)).await,
        }
    }

    /// Whether the endpoint did as it has to.
    fn is_passed(self, answer: &Answer) -> bool {
        match self {
            Self::Signed => answer.status == 200 && answer.body["type"] == 1,
            Self::OtherBody | Self::Garbage => answer.status == 401,
        }
    }
}

/// Tries an endpoint; the error says what it did that it must not.
pub(super) async fn probe(
    core: &Core,
    application: ApplicationId,
    endpoint: &Endpoint,
) -> Result<(), String> {
    for trial in Trial::ALL {
        let began = machine::now();
        let answer = trial.send(endpoint, application).await;
        let (passed, did) = match &answer {
            Ok(answer) => (trial.is_passed(answer), format!("answered {}", answer.status.as_u16())),
            Err(error) => (false, error.to_string()),
        };
        let entry = Entry::new(Kind::Probe, format!("{}: {did}", trial.title())).ended(passed);
        core.feed.note(&entry.since(began, machine::now()));
        if !passed {
            return Err(format!("the endpoint could not be verified: to {}, {did}", trial.title()));
        }
    }
    Ok(())
}

/// Tries all endpoints every five minutes, for as long as the simulator runs. Discord takes an endpoint away that fails;
/// here the timeline shows it in red.
pub(crate) async fn probe_for_ever(core: Arc<Core>) {
    let mut often = interval_at(Instant::now() + PERIOD, PERIOD);
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        often.tick().await;
        for (application, endpoint) in core.endpoints.all() {
            if let Err(why) = probe(&core, application, &endpoint).await {
                core.feed.note(&Entry::new(Kind::Violation, why).ended(false));
            }
        }
    }
}
