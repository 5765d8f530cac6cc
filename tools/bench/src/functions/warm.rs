//! What one more event takes of a function that runs already. What people wait for is held against others on the same page
//! (`peers`); these are the functions that work for themselves.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use aws_local::lambda::{Function, FunctionOptions};
use serde_json::Value;
use shared::clock::Clock;

use crate::sample::Sample;
use crate::{accounts, alarms};

/// Events of one measurement.
const EVENTS: u32 = 50;

/// What a function is asked over and over. Nothing of it changes anything, or calls the function again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// The page of a link that nobody asked for.
    Link,
    /// A night in which no token is due.
    Night,
    /// A night that only looks, over tables in which nothing has ended.
    DryRun,
    /// One more notification of an incident that is known.
    Alarm,
    /// The deadline of a reply that was given.
    Deadline,
}

impl Ask {
    /// Of the functions that nobody else is held against.
    pub(super) fn of(function: &str) -> Option<Self> {
        Some(match function {
            "oauth" => Self::Link,
            "token-rotation" => Self::Night,
            "data-retention" => Self::DryRun,
            "security-alarms" => Self::Alarm,
            "voice-supervisor" => Self::Deadline,
            _ => return None,
        })
    }

    fn event(self, root: &Path, number: u32) -> Result<Value> {
        let committed = |name: &str| -> Result<Value> {
            let path = root.join("events").join(name);
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            Ok(serde_json::from_str(&text)?)
        };
        match self {
            Self::Link => {
                let mut event = committed("oauth/link-page.json")?;
                // From another address each time: the address's limit is not what is measured.
                event["requestContext"]["http"]["sourceIp"] = format!("198.51.100.{}", number % 250).into();
                Ok(event)
            }
            Self::Night => Ok(accounts::nightly()),
            Self::DryRun => committed("data-retention/dry-run.json"),
            Self::Alarm => Ok(alarms::alarm(Clock::system().now())),
            Self::Deadline => committed("voice-supervisor/second-delivery-of-an-unknown-reply.json"),
        }
    }

    /// A refusal is sooner than the work.
    fn check(self, answer: &Value) -> Result<()> {
        let is_done = match self {
            Self::Link => answer["statusCode"].as_u64().is_some_and(|status| status < 429),
            Self::Night => answer["gone"] == 0,
            Self::DryRun => answer["over"] == true,
            Self::Alarm => true,
            Self::Deadline => answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty),
        };
        ensure!(is_done, "{self:?} was answered {answer}");
        Ok(())
    }
}

/// Milliseconds of each event, from the queue of the Runtime API to the answer. The first opens what is not open yet.
pub(super) async fn measure(ask: Ask, root: &Path, options: &FunctionOptions) -> Result<Sample> {
    let function = Function::start(options)?;
    function.ready().await?;
    let mut spent = Vec::new();
    for number in 0..=EVENTS {
        let event = ask.event(root, number)?;
        let begun = Instant::now();
        let answer = function.invoke(&event).await?;
        let elapsed = begun.elapsed();
        ask.check(&answer)?;
        if number > 0 {
            spent.push(elapsed.as_secs_f64() * 1e3);
        }
    }
    Ok(Sample::try_from(spent)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ASKS: [Ask; 5] = [Ask::Link, Ask::Night, Ask::DryRun, Ask::Alarm, Ask::Deadline];

    #[test]
    fn whoever_is_not_held_against_others_is_asked_something_of_its_own() {
        let asks = super::super::ALL.into_iter().filter_map(Ask::of);
        let mut asks: Vec<_> = asks.map(|ask| format!("{ask:?}")).collect();
        let mut all = ASKS.map(|ask| format!("{ask:?}"));
        asks.sort();
        all.sort();
        assert_eq!(asks, all);
        assert_eq!(["interactions", "api", "webhooks"].map(Ask::of), [None; 3]);
    }

    #[test]
    fn each_event_is_there_and_no_two_of_a_page_come_from_one_address() {
        let root = testkit::workspace_root();
        for ask in ASKS {
            assert!(ask.event(&root, 0).unwrap().is_object(), "{ask:?}");
        }
        let [one, other] = [1, 2].map(|number| Ask::Link.event(&root, number).unwrap());
        assert_ne!(one, other);
        let error = Ask::Link.event(Path::new("nowhere"), 0).unwrap_err();
        assert!(error.to_string().contains("link-page.json"), "{error}");
    }

    #[test]
    fn a_refusal_is_no_figure() {
        for (ask, done, refused) in [
            (Ask::Link, json!({ "statusCode": 410 }), json!({ "statusCode": 429 })),
            (Ask::Link, json!({ "statusCode": 200 }), json!({ "statusCode": 500 })),
            (Ask::Night, json!({ "gone": 0 }), json!(null)),
            (Ask::DryRun, json!({ "over": true }), json!({ "over": false })),
            (
                Ask::Deadline,
                json!({ "batchItemFailures": [] }),
                json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] }),
            ),
        ] {
            ask.check(&done).unwrap();
            let error = ask.check(&refused).unwrap_err().to_string();
            assert!(error.contains(&refused.to_string()), "{error}");
        }
    }
}
