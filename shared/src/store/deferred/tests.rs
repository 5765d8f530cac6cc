use jiff::ToSpan;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::domain::accounts::Provider;
use crate::domain::queue::EntryId;
use crate::ids::{ApplicationId, GuildId, UserId};
use crate::security::secret::Secret;

const GUILD: GuildId = GuildId::new(42);
const ID: InteractionId = InteractionId::new(846_462_639_134_605_312);

fn store(aws: &Aws) -> DeferredReplies {
    DeferredReplies::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn reply_of(kind: ReplyKind) -> DeferredReply {
    reply_for(GUILD, ID, kind, Purpose::Join)
}

fn reply_for(
    tenant: GuildId,
    interaction: InteractionId,
    kind: ReplyKind,
    purpose: Purpose,
) -> DeferredReply {
    let deferral = Deferral {
        tenant: tenant.to_string(),
        interaction,
        caller: UserId::new(9),
        purpose,
        application: ApplicationId::new(7),
        token: Secret::new("aW50ZXJhY3Rpb24.token"),
        locale: "pt-BR".to_owned(),
        kind,
        support_id: "0123ABCD".parse().unwrap(),
    };
    DeferredReply::new(deferral, now(), Duration::from_mins(1)).unwrap()
}

fn reply() -> DeferredReply {
    reply_of(ReplyKind::Ephemeral)
}

async fn opened(aws: &Aws) -> DeferredReplies {
    let store = store(aws);
    assert_eq!(store.open(&reply()).await.unwrap(), Opened::Now);
    store
}

async fn claimed(store: &DeferredReplies, now: Timestamp) -> Box<Claimed> {
    match store.claim(GUILD, ID, now).await.unwrap() {
        Claim::Mine(claimed) => claimed,
        other => panic!("{other:?}"),
    }
}

async fn stored(aws: &Aws) -> String {
    format!("{:?}", aws.dynamodb().scan().table_name("timmybot-deferred").send().await.unwrap().items())
}

#[test]
fn a_deadline_that_the_token_would_not_outlive_is_refused() {
    let deferral = |within| {
        let DeferredReply { tenant, interaction, caller, purpose, application, token, locale, kind, .. } =
            reply();
        let support_id = reply().support_id;
        let deferral =
            Deferral { tenant, interaction, caller, purpose, application, token, locale, kind, support_id };
        DeferredReply::new(deferral, now(), within)
    };
    assert!(deferral(LATEST_DEADLINE).is_ok());
    assert_eq!(deferral(LATEST_DEADLINE + Duration::from_secs(1)), Err(DeadlineTooLate));
}

#[test]
fn a_reply_is_due_at_its_deadline_give_or_take_five_seconds() {
    assert!(!reply().is_due(now()));
    assert!(!reply().is_due(now() + 54.seconds()));
    assert!(reply().is_due(now() + 55.seconds()));
    assert!(reply().is_due(now() + 1.hour()));
}

#[test]
fn debug_does_not_show_the_token() {
    let shown = format!("{:?}", reply());
    assert!(shown.contains("<redacted>") && !shown.contains("aW50"), "{shown}");
}

#[tokio::test]
async fn a_reply_reads_back_as_it_was_opened() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for kind in [ReplyKind::Ephemeral, ReplyKind::Public] {
        let aws = Aws::start().await;
        let store = DeferredReplies::new(Db::new(aws.dynamodb(), aws.prefix()));
        store.open(&reply_of(kind)).await.unwrap();
        assert_eq!(store.read(GUILD, ID, now()).await.unwrap(), Some(reply_of(kind)));
    }
    assert_eq!(store.read(GUILD, ID, now()).await.unwrap(), None);
}

#[tokio::test]
async fn what_somebody_waits_for_reads_back() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let entry = EntryId::new(7, 3);
    let purposes = [
        Purpose::Play { entry },
        Purpose::Join,
        Purpose::VoteSkip { run: u64::MAX, entry },
        Purpose::Unlink { provider: Provider::Twitch },
        Purpose::Import { guild: GUILD, address: "spotify:abc".parse().unwrap(), name: None },
        Purpose::Import {
            guild: GUILD,
            address: "youtube:PL1".parse().unwrap(),
            name: Some("Road Trip".parse().unwrap()),
        },
    ];
    for (id, purpose) in (1..).map(InteractionId::new).zip(purposes) {
        store.open(&reply_for(GUILD, id, ReplyKind::Public, purpose.clone())).await.unwrap();
        let read = store.read(GUILD, id, now()).await.unwrap().unwrap();
        assert_eq!((read.caller(), read.purpose().clone()), (UserId::new(9), purpose));
    }
}

#[tokio::test]
async fn what_is_open_is_listed_by_its_tenant_until_it_ends_or_dies() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let ids = [9, 10, 11, 12].map(InteractionId::new);
    for id in ids {
        store.open(&reply_for(GUILD, id, ReplyKind::Public, Purpose::Join)).await.unwrap();
    }
    store.open(&reply_for(GuildId::new(421), ids[0], ReplyKind::Public, Purpose::Join)).await.unwrap();
    store.end(GUILD, ids[1], now()).await.unwrap();
    assert!(matches!(store.claim(GUILD, ids[2], now()).await.unwrap(), Claim::Mine(_)));
    let open = store.open_of(GUILD, now()).await.unwrap();
    assert_eq!(open.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ids[0], ids[2], ids[3]]);
    assert_eq!(open[0].1, reply_for(GUILD, ids[0], ReplyKind::Public, Purpose::Join));
    assert_eq!(store.open_of(GUILD, now() + 15.minutes()).await.unwrap(), []);
    assert_eq!(store.open_of(GuildId::new(4), now()).await.unwrap(), []);
}

/// A page of a query holds 1 MB.
#[tokio::test]
async fn more_than_a_page_of_open_replies_is_listed() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for id in (1..=4).map(InteractionId::new) {
        let long = Secret::new("x".repeat(350_000));
        let reply = reply_for(GUILD, id, ReplyKind::Public, Purpose::Join);
        store.open(&DeferredReply { token: long, ..reply }).await.unwrap();
    }
    assert_eq!(store.open_of(GUILD, now()).await.unwrap().len(), 4);
}

#[tokio::test]
async fn an_interaction_has_one_row_and_no_other_tenant_reads_it() {
    let aws = Aws::start().await;
    let store = opened(&aws).await;
    assert_eq!(store.open(&reply()).await.unwrap(), Opened::Already);
    assert_eq!(store.read(GuildId::new(43), ID, now()).await.unwrap(), None);
    assert_eq!(store.claim(GuildId::new(43), ID, now()).await.unwrap(), Claim::Missing);
}

#[tokio::test]
async fn a_row_whose_token_is_dead_is_not_read_and_not_claimed() {
    let aws = Aws::start().await;
    let store = opened(&aws).await;
    let dead = now() + 15.minutes();
    assert!(store.read(GUILD, ID, dead - 1.second()).await.unwrap().is_some());
    assert_eq!(store.read(GUILD, ID, dead).await.unwrap(), None);
    assert_eq!(store.claim(GUILD, ID, dead).await.unwrap(), Claim::Missing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_thirty_claimers_one_may_answer() {
    let aws = Aws::start().await;
    opened(&aws).await;
    let mut claimers = JoinSet::new();
    for _ in 0..30 {
        let store = store(&aws);
        claimers.spawn(async move { matches!(store.claim(GUILD, ID, now()).await.unwrap(), Claim::Mine(_)) });
    }
    assert_eq!(claimers.join_all().await.iter().filter(|mine| **mine).count(), 1);
}

#[tokio::test]
async fn a_claim_is_busy_for_others_until_it_is_finished() {
    let aws = Aws::start().await;
    let store = opened(&aws).await;
    let mine = claimed(&store, now()).await;
    assert_eq!(mine.reply(), &reply());
    assert_eq!(store.claim(GUILD, ID, now() + 19.seconds()).await.unwrap(), Claim::Busy);
    assert_eq!(store.finish(&mine).await.unwrap(), Ended::Now);
    assert_eq!(store.finish(&mine).await.unwrap(), Ended::Already);
    assert_eq!(store.claim(GUILD, ID, now() + 1.minute()).await.unwrap(), Claim::Ended);
    assert_eq!(store.read(GUILD, ID, now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_claimer_that_died_is_followed_by_another_and_cannot_finish_any_more() {
    let aws = Aws::start().await;
    let store = opened(&aws).await;
    let dead = claimed(&store, now()).await;
    let next = claimed(&store, now() + 20.seconds()).await;
    assert_eq!(next.reply(), dead.reply());
    assert_eq!(store.finish(&dead).await.unwrap(), Ended::Already);
    assert_eq!(store.finish(&next).await.unwrap(), Ended::Now);
}

#[tokio::test]
async fn ending_removes_the_token_from_the_table() {
    let aws = Aws::start().await;
    let store = opened(&aws).await;
    assert!(stored(&aws).await.contains("aW50"));
    assert_eq!(store.end(GUILD, ID, now()).await.unwrap(), Ended::Now);
    assert_eq!(store.end(GUILD, ID, now()).await.unwrap(), Ended::Already);
    assert!(!stored(&aws).await.contains("aW50"));
}

#[tokio::test]
async fn a_missing_row_ends_as_already() {
    let aws = Aws::start().await;
    assert_eq!(store(&aws).end(GUILD, ID, now()).await.unwrap(), Ended::Already);
}

#[tokio::test]
async fn a_failing_table_is_an_error() {
    let aws = Aws::start().await;
    let store = opened(&aws).await;
    aws.fault(Fault::Throttle);
    assert!(store.claim(GUILD, ID, now()).await.is_err());
    assert!(store.read(GUILD, ID, now()).await.is_err());
    assert!(store.open(&reply()).await.is_err());
    assert!(store.open_of(GUILD, now()).await.is_err());
}
