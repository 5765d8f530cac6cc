//! Telling services, for a day at most. What they were told and what became of it goes into the receipt.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use shared::domain::accounts::Provider;
use shared::linking::NotUnlinked;
use shared::linking::revocation::Told;
use shared::privacy::{Case, DataSubject, Erasing, ErasureStep, Revocation};
use shared::store::token_leases::TokenLeases;
use shared::telemetry::Telemetry;

use super::{EraseError, plan};
use crate::app::App;

/// Tells those that do not know yet. When all do, or the day is over, the secret is next.
pub(super) async fn tell(
    app: &App,
    case: &Case,
    erasing: Erasing,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Erasing, EraseError> {
    let known = erasing.revocations.iter().filter(|(_, told)| **told != Revocation::Pending);
    let known = known.map(|(provider, _)| *provider).collect();
    let again = plan::again(case.asked_at, now);
    let told = match ask(app, case.subject, &known).await {
        Ok(told) => told,
        // A refresh is on its way. What it brings is in the secret by the next try.
        Err(NotUnlinked::Unavailable { code }) if code == LEASE && again.is_some() => {
            return Ok(Erasing { step: ErasureStep::Revoke { again }, ..erasing });
        }
        Err(error) => return Err(error.into()),
    };
    let erasing = noted(erasing, told, again.is_some(), log);
    let waits = erasing.revocations.values().any(|told| *told == Revocation::Pending);
    let step = if waits { ErasureStep::Revoke { again } } else { ErasureStep::Secret };
    Ok(Erasing { step, ..erasing })
}

/// Tells all services once more, of tokens that came after the first sweep: whatever linked them was on its way then.
pub(super) async fn tell_late(
    app: &App,
    subject: DataSubject,
    erasing: Erasing,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Erasing, EraseError> {
    let told = match ask(app, subject, &BTreeSet::new()).await {
        Ok(told) => told,
        Err(NotUnlinked::Unavailable { code }) if code == LEASE => {
            let until = now.saturating_add(TokenLeases::TTL).unwrap_or(now);
            return Ok(Erasing { step: ErasureStep::Settle { until }, ..erasing });
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Erasing { step: ErasureStep::SweepAgain, ..noted(erasing, told, false, log) })
}

/// What [`shared::linking`] says of a lease that somebody else has.
const LEASE: &str = "lease";

async fn ask(
    app: &App,
    subject: DataSubject,
    known: &BTreeSet<Provider>,
) -> Result<BTreeMap<Provider, Told>, NotUnlinked> {
    match subject {
        DataSubject::User(user) => app.linker.tell_all(user, known).await,
        DataSubject::Guild(_) => Ok(BTreeMap::new()),
    }
}

fn noted(mut erasing: Erasing, told: BTreeMap<Provider, Told>, may_wait: bool, log: &Telemetry) -> Erasing {
    for pending in erasing.revocations.values_mut().filter(|known| **known == Revocation::Pending) {
        // Its tokens are gone since, or the day is over; if it is told now, that stands below.
        *pending = Revocation::Failed;
    }
    for (provider, answer) in told {
        let outcome = match answer {
            Told::Done => Revocation::Done,
            Told::Later { code } | Told::Never { code } => {
                log.fault("erase.revoke", code);
                let waits = may_wait && matches!(answer, Told::Later { .. });
                if waits { Revocation::Pending } else { Revocation::Failed }
            }
        };
        erasing.revocations.insert(provider, outcome);
    }
    erasing
}

#[cfg(test)]
mod tests {
    use shared::clock::Clock;
    use shared::telemetry::Sink;

    use super::*;

    const LATER: Told = Told::Later { code: "timeout" };

    fn after(
        before: &[(Provider, Revocation)],
        told: &[(Provider, Told)],
        may_wait: bool,
    ) -> Vec<Revocation> {
        let log = Telemetry::new(Sink::memory().0, "test", Clock::fixed(Timestamp::UNIX_EPOCH));
        let erasing = Erasing { revocations: before.iter().copied().collect(), ..Erasing::default() };
        noted(erasing, told.iter().copied().collect(), may_wait, &log).revocations.into_values().collect()
    }

    #[test]
    fn a_service_that_cannot_be_told_waits_until_nobody_waits_any_more() {
        let [discord, pending] = [Provider::Discord, Provider::Discord];
        assert_eq!(after(&[], &[(discord, Told::Done)], true), [Revocation::Done]);
        assert_eq!(after(&[], &[(discord, LATER)], true), [Revocation::Pending]);
        assert_eq!(after(&[], &[(discord, LATER)], false), [Revocation::Failed]);
        assert_eq!(after(&[], &[(discord, Told::Never { code: "client" })], true), [Revocation::Failed]);
        let before = [(pending, Revocation::Pending)];
        assert_eq!(after(&before, &[(discord, Told::Done)], false), [Revocation::Done]);
        assert_eq!(after(&before, &[(discord, LATER)], true), [Revocation::Pending]);
        assert_eq!(
            after(&before, &[], true),
            [Revocation::Failed],
            "its tokens are gone, and nobody told it"
        );
    }

    #[test]
    fn what_a_service_was_told_stays_so() {
        let before = [(Provider::Discord, Revocation::Done), (Provider::Slack, Revocation::Failed)];
        assert_eq!(after(&before, &[], true), [Revocation::Done, Revocation::Failed]);
    }
}
