//! Whether the bot is paused, how far, by whom and why.

use jiff::Timestamp;
use shared::domain::containment::{By, Containment, RESUME_OPEN_FOR};
use shared::store::flags::FlagStore;

use super::deployment::Deployment;
use super::finding::Finding;
use crate::incidents::instant;

/// Reads the flag.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    match FlagStore::new(deployment.db()).read().await {
        Ok(flag) => judge(&flag, deployment.now).into_iter().collect(),
        Err(error) => vec![Finding::untold("the flag", &error.to_string())],
    }
}

/// It is meant to be so; whoever wonders why nothing works should hear of it.
fn judge(flag: &Containment, now: Timestamp) -> Option<Finding> {
    let raised = flag.raised()?;
    let (act, level) = (raised.act(), flag.level().number());
    let who = |by: By| by.person().map_or_else(|| "the alarms".to_owned(), |user| format!("operator {user}"));
    let what = format!(
        "the bot is contained to L{level} since {} by {}: {}",
        instant(act.at),
        who(act.by),
        raised.reason().as_str()
    );
    let asked = raised.resume().filter(|asked| now.duration_since(asked.at) < RESUME_OPEN_FOR);
    let mend = asked.map_or_else(
        || {
            "see timmy incidents; when it is over, two operators each run timmy resume --as USER_ID"
                .to_owned()
        },
        |asked| {
            format!(
                "{} asked to resume; another operator confirms with timmy resume --as USER_ID",
                who(asked.by)
            )
        },
    );
    Some(Finding::look(what, mend))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use shared::domain::containment::{Act, Level};
    use shared::ids::UserId;
    use shared::store::flags::Move;
    use testkit::{Aws, Fault};

    use super::super::deployment::tests::deployment;
    use super::super::finding::Severity;
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn contained() -> Containment {
        let act = Act { by: By::Alarms, at: now() - 1.hour() };
        Containment::none().raise(Level::L1, act, "under attack".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_bot_that_runs_has_nothing_to_tell() {
        assert_eq!(judge(&Containment::none(), now()), None);
    }

    #[test]
    fn who_why_and_since_when_is_told_and_who_may_end_it() {
        let finding = judge(&contained(), now()).unwrap();
        assert_eq!(
            finding.what,
            "the bot is contained to L1 since 2026-11-23 11:00:00 UTC by the alarms: under attack"
        );
        assert!(finding.severity == Severity::Look && finding.mend.contains("two operators"), "{finding:?}");
        let olga = UserId::new(155_149_108_183_695_360);
        let asked = contained().request_resume(Act { by: olga.into(), at: now() - 10.minutes() }).unwrap();
        let finding = judge(&asked, now()).unwrap();
        assert!(finding.mend.contains("operator 155149108183695360 asked"), "{finding:?}");
        let late = judge(&asked, now() + 21.minutes()).unwrap();
        assert!(late.mend.contains("two operators"), "the request has lapsed: {late:?}");
    }

    #[tokio::test]
    async fn the_flag_itself_is_read() {
        let aws = Aws::start().await;
        let deployment = deployment(&aws, now());
        assert_eq!(look(&deployment).await, []);
        let act = Act { by: By::Alarms, at: now() };
        let raise = Move::Raise(Level::L1, act, "drill".parse().unwrap());
        FlagStore::new(deployment.db()).make(&raise).await.unwrap();
        assert_eq!(look(&deployment).await.len(), 1);
        aws.fault(Fault::Status500);
        assert_eq!(look(&deployment).await[0].severity, Severity::Broken, "nobody can say");
    }
}
