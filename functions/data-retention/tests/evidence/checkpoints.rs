//! Where the chains end is written down, once, and truly, whatever goes wrong (SPEC T36).

use aws_sdk_dynamodb::types::AttributeValue;
use data_retention::{CheckpointError, Failure, Written};
use serde_json::json;
use shared::security::audit_anchors::Anchors;
use shared::security::audit_chain::{ChainHead, ChainRow};
use shared::security::audit_export::{Closing, Opening, Verified, Verifier};
use shared::security::checkpoint::ChainId;
use testkit::Fault;
use tokio::task::JoinSet;

use super::world::{GUILD, World, at, heads_moved, nightly, written};

const NIGHT: &str = "2026-01-02T03:00:00Z";

#[tokio::test]
async fn a_night_writes_down_where_each_chain_ends() {
    let world = World::new().await;
    for tenant in [GUILD, GUILD, "operators"] {
        world.act(tenant).await;
    }
    let written = world.invoke(nightly(), at(NIGHT)).await.unwrap();
    assert_eq!(written, Written { chains: 2, rows: 3, is_new: true });
    let checkpoints = world.checkpoints().await;
    let [only] = checkpoints.as_slice() else { panic!("{checkpoints:?}") };
    assert_eq!(only.heads().get(ChainId::of(GUILD)), Some(world.audit().head(GUILD).await.unwrap()));
    assert_eq!(only.checkpoint().at, at(NIGHT));
    assert_eq!(only.checkpoint().origin.as_str(), "bot.example.org/audit");
    let text = world.kept().await.into_values().collect::<String>();
    assert!(!text.contains(GUILD) && !text.contains("operators"), "{text}");
    assert!(world.log.text().contains("\"checkpoints\":1"), "{}", world.log.text());
}

#[tokio::test]
async fn a_deployment_without_chains_says_so() {
    let world = World::new().await;
    let written = world.invoke(nightly(), at(NIGHT)).await.unwrap();
    assert_eq!(written, Written { chains: 0, rows: 0, is_new: true });
    assert_eq!(world.checkpoints().await[0].heads().chains(), 0);
}

#[tokio::test]
async fn what_says_the_same_is_written_once_a_day() {
    let world = World::new().await;
    world.act(GUILD).await;
    assert!(world.invoke(heads_moved(), at("2026-01-02T00:05:00Z")).await.unwrap().is_new);
    let before = world.kept().await;
    for event in [heads_moved(), nightly(), nightly()] {
        assert!(!world.invoke(event, at(NIGHT)).await.unwrap().is_new);
    }
    assert_eq!(world.kept().await, before);
    assert!(world.invoke(nightly(), at("2026-01-03T03:00:00Z")).await.unwrap().is_new);
    world.act(GUILD).await;
    assert!(world.invoke(heads_moved(), at("2026-01-03T03:05:00Z")).await.unwrap().is_new);
    assert_eq!(world.checkpoints().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_write_true_checkpoints_and_no_other() {
    let world = World::new().await;
    world.act(GUILD).await;
    let mut running = JoinSet::new();
    for _ in 0..16 {
        let app = world.app(at(NIGHT));
        running.spawn(async move { written(&app, heads_moved()).await.unwrap().is_new });
    }
    for _ in 0..4 {
        world.act(GUILD).await;
    }
    let new = running.join_all().await.into_iter().filter(|is_new| *is_new).count();
    let last = world.invoke(heads_moved(), at(NIGHT)).await.unwrap();
    let checkpoints = world.checkpoints().await;
    assert_eq!(checkpoints.len(), new + usize::from(last.is_new));
    assert_eq!(checkpoints.last().unwrap().checkpoint().rows, 5);
    let mut anchors = Anchors::new(at(NIGHT));
    for one in &checkpoints {
        anchors.add(one).unwrap();
    }
    assert!(verify(&world, anchors).await.is_ok());
}

/// Killed after each of its calls, it is done by the next try, and nothing is there twice or half.
#[tokio::test]
async fn whatever_fails_the_next_try_makes_up_for_it() {
    for (operation, fault) in [
        ("Scan", Fault::Status500),
        ("Scan", Fault::Throttle),
        ("Scan", Fault::AccessDenied),
        ("Scan", Fault::Hang),
        ("GetPublicKey", Fault::Status500),
        ("GetPublicKey", Fault::AccessDenied),
        ("Sign", Fault::Throttle),
        ("Sign", Fault::AnswerLost),
        ("Sign", Fault::AccessDenied),
        ("Sign", Fault::Hang),
        ("PutObject", Fault::Status500),
        ("PutObject", Fault::AnswerLost),
        ("PutObject", Fault::AccessDenied),
        ("PutObject", Fault::Hang),
    ] {
        let world = World::new().await;
        world.act(GUILD).await;
        world.aws.fault_next(operation, fault, 1);
        let failed = world.invoke(heads_moved(), at(NIGHT)).await;
        assert!(matches!(failed, Err(Failure::Checkpoint(_))), "{operation} {fault:?}: {failed:?}");
        assert!(world.checkpoints().await.is_empty(), "{operation} {fault:?}");
        assert!(world.invoke(heads_moved(), at("2026-01-02T03:01:00Z")).await.unwrap().is_new);
        assert_eq!(world.checkpoints().await.len(), 1, "{operation} {fault:?}");
    }
}

/// The list is there and the note is not, then its answer is lost.
#[tokio::test]
async fn a_list_without_a_note_gets_one() {
    let world = World::new().await;
    world.act(GUILD).await;
    world.aws.fault_next("Sign", Fault::Status500, 1);
    let failed = world.invoke(heads_moved(), at(NIGHT)).await.unwrap_err();
    assert!(matches!(failed, Failure::Checkpoint(CheckpointError::Signing(_))), "{failed:?}");
    assert_eq!(world.kept().await.len(), 1);
    // The list is refused, since it is there; the note is written.
    assert!(world.invoke(heads_moved(), at(NIGHT)).await.unwrap().is_new);
    assert_eq!((world.kept().await.len(), world.checkpoints().await.len()), (2, 1));
}

#[tokio::test]
async fn what_nobody_sends_is_refused() {
    let world = World::new().await;
    let refused = world.invoke(json!({ "type": "delete_everything" }), at(NIGHT)).await;
    assert!(matches!(refused, Err(Failure::Unknown(_))), "{refused:?}");
    assert!(world.kept().await.is_empty());
}

/// SPEC T36: who may write to both tables cuts a chain off, with its head, and goes on with another row.
#[tokio::test]
async fn a_chain_that_was_cut_off_in_the_tables_shows_against_what_was_kept() {
    let world = World::new().await;
    for _ in 0..3 {
        world.act(GUILD).await;
    }
    world.invoke(nightly(), at(NIGHT)).await.unwrap();
    let signed = world.checkpoints().await;
    let anchors = || {
        let mut anchors = Anchors::new(at(NIGHT));
        for one in &signed {
            anchors.add(one).unwrap();
        }
        anchors
    };
    assert!(verify(&world, anchors()).await.is_ok());
    let third = world.audit().head(GUILD).await.unwrap();
    forget_the_last_row(&world, third).await;
    world.act(GUILD).await;
    assert!(verify(&world, Anchors::new(at(NIGHT))).await.is_ok(), "it is whole in itself");
    let fault = verify(&world, anchors()).await.unwrap_err();
    assert!(
        fault.contains("row 3 is not the one that the checkpoint of 2026-01-02T03:00:00Z names"),
        "{fault}"
    );
}

/// As somebody who may write to both tables.
async fn forget_the_last_row(world: &World, head: ChainHead) {
    let before = world.audit().records(GUILD, 9, head.seq - 2).await.unwrap().remove(0);
    let before = ChainRow::try_from(before).unwrap().head();
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: u64| AttributeValue::N(number.to_string());
    let client = world.aws.dynamodb();
    let delete = client.delete_item().table_name("timmybot-audit").key("tenant", text(GUILD));
    delete.key("seq", number(head.seq)).send().await.unwrap();
    let put = client.put_item().table_name("timmybot-audit-heads").item("tenant", text(GUILD));
    let put = put.item("seq", number(before.seq)).item("chain_hash", text(&before.hash.to_hex()));
    put.send().await.unwrap();
}

/// Checks the chains as an export has them.
async fn verify(world: &World, anchors: Anchors) -> Result<Vec<Verified>, String> {
    let mut verifier = Verifier::anchored(anchors);
    let mut line = |text: String| verifier.line(&text).map_err(|fault| fault.to_string());
    for (tenant, head) in world.audit().heads().await.unwrap() {
        line(serde_json::to_string(&Opening::new(&tenant, ChainHead::GENESIS, at(NIGHT))).unwrap())?;
        for record in world.audit().records(&tenant, 100, 0).await.unwrap() {
            line(serde_json::to_string(&record).unwrap())?;
        }
        line(serde_json::to_string(&Closing { head: head.into() }).unwrap())?;
    }
    verifier.finish().map_err(|fault| fault.to_string())
}
