use testkit::Aws;

use super::*;
use crate::domain::workers::GatewaySession;

fn session(seq: u64) -> GatewaySession {
    let resume_url = "wss://gateway-us-east1-b.discord.gg".to_owned();
    GatewaySession { session_id: "0f1e2d3c".to_owned(), seq, resume_url }
}

#[tokio::test]
async fn a_session_reads_as_it_was_saved_for_ten_minutes() {
    let aws = Aws::start().await;
    let sessions = GatewaySessions::new(db(&aws));
    assert_eq!(sessions.load(SHARD, now()).await.unwrap(), None);
    let fence = taken(&leases(&aws), "a", now()).await.fence();
    assert_eq!(sessions.save(SHARD, &session(7), fence, now()).await.unwrap(), Saved::Now);
    assert_eq!(sessions.save(SHARD, &session(8), fence, now()).await.unwrap(), Saved::Now);
    assert_eq!(sessions.load(SHARD, now()).await.unwrap(), Some(session(8)));
    assert_eq!(sessions.load(ShardId::new(1), now()).await.unwrap(), None);
    assert_eq!(sessions.load(SHARD, now() + 10.minutes()).await.unwrap(), None);
}

/// The frozen worker wakes up and saves where it stood; its successor's session must survive that.
#[tokio::test]
async fn who_was_followed_neither_saves_nor_forgets() {
    let aws = Aws::start().await;
    let (leases, sessions) = (leases(&aws), GatewaySessions::new(db(&aws)));
    let old = taken(&leases, "a", now()).await.fence();
    let new = taken(&leases, "b", now() + 15.seconds()).await.fence();
    sessions.save(SHARD, &session(9), new, now()).await.unwrap();
    assert_eq!(sessions.save(SHARD, &session(3), old, now()).await.unwrap(), Saved::Fenced);
    assert_eq!(sessions.forget(SHARD, old, now()).await.unwrap(), Saved::Fenced);
    assert_eq!(sessions.load(SHARD, now()).await.unwrap(), Some(session(9)));
}

#[tokio::test]
async fn a_forgotten_session_keeps_its_fence() {
    let aws = Aws::start().await;
    let (leases, sessions) = (leases(&aws), GatewaySessions::new(db(&aws)));
    let old = taken(&leases, "a", now()).await.fence();
    let new = taken(&leases, "b", now() + 15.seconds()).await.fence();
    sessions.save(SHARD, &session(3), new, now()).await.unwrap();
    assert_eq!(sessions.forget(SHARD, new, now()).await.unwrap(), Saved::Now);
    assert_eq!(sessions.load(SHARD, now()).await.unwrap(), None);
    assert_eq!(sessions.save(SHARD, &session(4), old, now()).await.unwrap(), Saved::Fenced);
}

#[test]
fn a_condition_is_joined_with_the_fence() {
    assert_eq!(crate::fenced!("a = :b"), format!("(a = :b) AND ({FENCE})"));
}
