//! How often the bot may still log in to Discord today (SPEC P12).

use jiff::Timestamp;
use shared::domain::workers::{IdentifyBudget, SessionStartLimit};

use super::deployment::Deployment;
use super::finding::Finding;
use crate::incidents::instant;

/// Asks Discord.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let limit = match deployment.discord().await {
        Ok(discord) => discord.session_starts().await,
        Err(finding) => Err(finding),
    };
    match limit {
        Ok(limit) => judge(limit, deployment.now).into_iter().collect(),
        Err(finding) => vec![finding],
    }
}

/// From the same 80 % on at which workers stop. More than half of them is a day that is not as others.
fn judge(limit: SessionStartLimit, now: Timestamp) -> Option<Finding> {
    let (used, total, until) = (limit.used(), limit.total, instant(limit.resets_at(now)));
    let what = format!("the bot has logged in {used} times of {total} that Discord allows until {until}");
    if used >= IdentifyBudget::most(total) {
        let mend = "workers log in no more, so that Discord does not reset the token: find out what ends them \
                    (docs/runbooks/worker-stopped.md), and wait until then";
        return Some(Finding::broken(what, mend));
    }
    let mend = "find out what ends workers: docs/runbooks/worker-stopped.md";
    (used > total / 2).then(|| Finding::look(what, mend))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::finding::Severity;
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn found(total: u32, remaining: u32) -> Option<Severity> {
        let reset_after = SignedDuration::from_hours(1);
        judge(SessionStartLimit { total, remaining, reset_after }, now()).map(|finding| finding.severity)
    }

    #[test]
    fn from_four_fifths_on_it_is_broken_and_past_half_worth_a_look() {
        for (remaining, severity) in [
            (1000, None),
            (500, None),
            (499, Some(Severity::Look)),
            (201, Some(Severity::Look)),
            (200, Some(Severity::Broken)),
            (0, Some(Severity::Broken)),
        ] {
            assert_eq!(found(1000, remaining), severity, "{remaining}");
        }
        assert_eq!(found(2000, 399), Some(Severity::Broken), "a bot that is allowed more");
        assert_eq!(found(1000, 5000), None, "nonsense is not an alarm");
    }

    #[test]
    fn it_says_when_it_begins_anew() {
        let reset_after = SignedDuration::from_hours(1);
        let finding = judge(SessionStartLimit { total: 1000, remaining: 100, reset_after }, now()).unwrap();
        assert_eq!(
            finding.what,
            "the bot has logged in 900 times of 1000 that Discord allows until 2026-11-23 13:00:00 UTC"
        );
    }
}
