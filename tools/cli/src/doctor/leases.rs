//! Whether somebody plays where somebody should: the lease of each shard, and what waits for its holder.

use jiff::{SignedDuration, Timestamp};
use shared::domain::workers::{Attempt, Lease, LeaseTimes, ShardCount, ShardId};
use shared::store::StoreError;
use shared::store::leases::{ActiveGuilds, Leases};

use super::deployment::Deployment;
use super::finding::Finding;
use crate::incidents::instant;

/// What was seen of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    shard: ShardId,
    /// Its lease; `None`: it never had a worker.
    lease: Option<Lease>,
    /// Servers that it has something to do for.
    active: usize,
}

/// Reads the rows of each shard; the template has one.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let mut found = Vec::new();
    for shard in ShardCount::ONE.shards() {
        found.extend(match read(deployment, shard).await {
            Ok(seen) => judge(&seen, deployment.now),
            Err(error) => Some(Finding::untold(&format!("the lease of shard {shard}"), &error.to_string())),
        });
    }
    found
}

async fn read(deployment: &Deployment, shard: ShardId) -> Result<Seen, StoreError> {
    let db = deployment.db();
    let lease = Leases::new(db.clone(), LeaseTimes::DEFAULT).read(shard).await?;
    let active = ActiveGuilds::new(db).all(shard).await?.len();
    Ok(Seen { shard, lease, active })
}

fn judge(seen: &Seen, now: Timestamp) -> Option<Finding> {
    let shard = seen.shard;
    let Some(lease) = &seen.lease else {
        return (seen.active > 0).then(|| nobody(shard, seen.active));
    };
    if lease.is_live(now) {
        return None;
    }
    let waiting = seen.active.max(usize::try_from(lease.sessions).unwrap_or(usize::MAX));
    let died = lease.owner.is_some();
    let gone_for = if died { now.duration_since(lease.until) } else { SignedDuration::ZERO };
    let is_followed = lease.waiting(now, LeaseTimes::DEFAULT).is_some();
    let told = || format!("the worker of shard {shard} ended at {} without letting go", instant(lease.until));
    match (died, waiting) {
        (_, 0) => died.then(|| {
            Finding::look(
                told(),
                "nobody waits, and the next /play starts another one; docs/runbooks/worker-stopped.md says how to learn why",
            )
        }),
        _ if is_followed || (died && gone_for < Attempt::PATIENCE) => Some(Finding::look(
            format!("shard {shard} is between two workers, and {} there", wait(waiting)),
            "run timmy doctor again in two minutes",
        )),
        (true, _) => Some(Finding::broken(
            format!("{}, and {} for another one", told(), wait(waiting)),
            "docs/runbooks/worker-stopped.md; /play or /resume in one of the servers tries again",
        )),
        (false, _) => Some(nobody(shard, waiting)),
    }
}

fn nobody(shard: ShardId, waiting: usize) -> Finding {
    Finding::broken(
        format!("nobody holds shard {shard}, and {} for a worker", wait(waiting)),
        "run timmy doctor again in two minutes; if it stays: docs/runbooks/worker-stopped.md",
    )
}

fn wait(servers: usize) -> String {
    if servers == 1 { "1 server waits".to_owned() } else { format!("{servers} servers wait") }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use shared::domain::workers::{Epoch, Successor};
    use shared::store::leases::Take;
    use testkit::{Aws, Fault};

    use super::super::deployment::tests::deployment;
    use super::super::finding::Severity;
    use super::*;

    const SHARD: ShardId = ShardId::new(0);

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn lease(owner: Option<&str>, until: Timestamp, sessions: u32) -> Lease {
        let owner = owner.map(|owner| owner.parse().unwrap());
        Lease { shard: SHARD, owner, epoch: Epoch::new(3), until, sessions, successor: None }
    }

    fn found(lease: Option<Lease>, active: usize) -> Option<(Severity, String)> {
        let finding = judge(&Seen { shard: SHARD, lease, active }, now())?;
        Some((finding.severity, finding.what))
    }

    #[test]
    fn a_held_shard_and_one_that_nobody_needs_are_well() {
        assert_eq!(found(None, 0), None);
        assert_eq!(found(Some(lease(Some("a"), now() + 10.seconds(), 3)), 3), None);
        assert_eq!(found(Some(lease(None, Timestamp::UNIX_EPOCH, 0)), 0), None, "released");
    }

    #[test]
    fn a_worker_that_died_is_told_and_worse_if_somebody_waits() {
        let dead = |minutes: i64, sessions| lease(Some("a"), now() - minutes.minutes(), sessions);
        let (severity, what) = found(Some(dead(60, 0)), 0).unwrap();
        assert_eq!(severity, Severity::Look);
        assert_eq!(what, "the worker of shard 0 ended at 2026-11-23 11:00:00 UTC without letting go");
        for (sessions, active, waits) in
            [(1, 0, "1 server waits"), (2, 0, "2 servers wait"), (0, 4, "4 servers wait")]
        {
            let (severity, what) = found(Some(dead(60, sessions)), active).unwrap();
            assert!(severity == Severity::Broken && what.contains(waits), "{what}");
            let (severity, _) = found(Some(dead(1, sessions)), active).unwrap();
            assert_eq!(severity, Severity::Look, "another one is on its way");
        }
    }

    #[test]
    fn nobody_where_somebody_should_be_is_told_unless_one_follows() {
        assert_eq!(found(None, 1).unwrap().0, Severity::Broken);
        let let_go = lease(None, Timestamp::UNIX_EPOCH, 2);
        let (severity, what) = found(Some(let_go.clone()), 0).unwrap();
        assert_eq!(severity, Severity::Broken);
        assert_eq!(what, "nobody holds shard 0, and 2 servers wait for a worker");
        let successor = |at| Some(Successor { worker: "b".parse().unwrap(), at });
        let followed = Lease { successor: successor(now() - 5.seconds()), ..let_go.clone() };
        assert_eq!(found(Some(followed), 0).unwrap().0, Severity::Look);
        let forsaken = Lease { successor: successor(now() - 1.minute()), ..let_go };
        assert_eq!(found(Some(forsaken), 0).unwrap().0, Severity::Broken);
    }

    #[tokio::test]
    async fn the_rows_themselves_are_read() {
        let aws = Aws::start().await;
        let mut deployment = deployment(&aws, now());
        assert_eq!(look(&deployment).await, []);
        let leases = Leases::new(deployment.db(), LeaseTimes::DEFAULT);
        let Take::Mine(held) = leases.take(SHARD, &"a".parse().unwrap(), now()).await.unwrap() else {
            panic!("nobody else is there")
        };
        let guild = "290926798626357999".parse().unwrap();
        let active = ActiveGuilds::new(deployment.db());
        active.add(SHARD, guild, held.fence()).await.unwrap();
        assert_eq!(look(&deployment).await, [], "it is held");
        deployment.now = now() + 10.minutes();
        let found = look(&deployment).await;
        assert!(found.len() == 1 && found[0].severity == Severity::Broken, "{found:?}");
        assert!(found[0].what.contains("1 server waits"), "{found:?}");
        aws.fault(Fault::Status500);
        assert!(look(&deployment).await[0].what.contains("could not be read"));
    }
}
