//! What somebody is told about their request, and whom it is told to.

use shared::messages::PrivacyRequestId;
use shared::privacy::{Case, CaseState, DataSubject, Erasing, ErasureStep};
use shared::store::deferred::Purpose;
use simulator::{Fault as Wrong, RestFault, RestFaultKind};
use testkit::Fault;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::world::{ADA, GRACE, World, export, id, now};

const fn status(request: Option<PrivacyRequestId>) -> Purpose {
    Purpose::PrivacyStatus { request }
}

/// A case of Ada's that stands so.
async fn stands(world: &World, byte: u8, state: CaseState) {
    let open = world.cases().open(Case::of(&export(ADA, byte), now())).await.unwrap();
    world.cases().save(&open, Case { state, ..open.case.clone() }).await.unwrap();
}

/// The address in a text, as a person would click on it.
fn address(said: &str) -> &str {
    said.split_once("](<").unwrap().1.split_once(">)").unwrap().0
}

/// What a browser gets: the status and the body.
async fn fetch(address: &str) -> (u16, Vec<u8>) {
    let (_, rest) = address.split_once("://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let port: u16 = host.rsplit(':').next().unwrap().parse().unwrap();
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let asked = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), answer.split_off(end + 4))
}

#[tokio::test]
async fn who_asks_gets_a_link_that_opens_their_export() {
    let world = World::new().await;
    assert!(world.run(&export(ADA, 1)).await);
    let message = world.defer(7, ADA, status(None)).await;
    assert!(world.deliver(message).await);
    let said = world.said(7).unwrap();
    let address = address(&said);
    assert!(address.contains("X-Amz-Expires=600"), "{address}");
    assert_eq!(fetch(address).await, (200, world.object(1).await.unwrap()));
    let changed = address.replacen(&id(1).to_string(), &id(2).to_string(), 1);
    assert_eq!(fetch(&changed).await.0, 403);
    assert!(!world.log.text().contains("X-Amz-Signature"));
}

#[tokio::test]
async fn they_are_told_once_however_often_the_message_comes() {
    let world = World::new().await;
    assert!(world.run(&export(ADA, 1)).await);
    let message = world.defer(7, ADA, status(Some(id(1)))).await;
    assert!(world.deliver(message.clone()).await);
    let first = world.said(7);
    assert!(world.deliver(message).await);
    assert_eq!(world.said(7), first);
}

#[tokio::test]
async fn without_a_number_it_is_their_last_and_never_anothers() {
    let world = World::new().await;
    let none = world.defer(6, ADA, status(None)).await;
    assert!(world.deliver(none).await);
    assert!(world.said(6).unwrap().starts_with("I know no such request"));
    assert!(world.run(&export(GRACE, 1)).await);
    let others = world.defer(7, ADA, status(Some(id(1)))).await;
    assert!(world.deliver(others).await);
    assert!(world.said(7).unwrap().starts_with("I know no such request"), "{:?}", world.said(7));
    assert!(world.run(&export(ADA, 2)).await && world.run(&export(ADA, 3)).await);
    let named = world.defer(8, ADA, status(Some(id(3)))).await;
    assert!(world.deliver(named).await);
    assert!(world.said(8).unwrap().contains(&id(2).to_string()), "{:?}", world.said(8));
}

#[tokio::test]
async fn an_export_from_before_an_erasure_is_gone() {
    let world = World::new().await;
    assert!(world.run(&export(ADA, 1)).await);
    world.cases().bury(DataSubject::User(ADA), now()).await.unwrap();
    let message = world.defer(7, ADA, status(None)).await;
    assert!(world.deliver(message).await);
    assert!(world.said(7).unwrap().starts_with("That copy was deleted"), "{:?}", world.said(7));
}

#[tokio::test]
async fn a_receipt_comes_as_a_file() {
    let world = World::new().await;
    let receipt = "timmybot-erasure-receipt-v1\nrequest 0101\n\n— bot.example.org AAAA\n";
    stands(&world, 1, CaseState::Erased { at: now(), receipt: receipt.to_owned() }).await;
    let message = world.defer(7, ADA, status(None)).await;
    assert!(world.deliver(message).await);
    assert!(world.said(7).unwrap().contains("timmy receipt verify"));
    let answer = world.answer(7).unwrap();
    let file = &answer.body["attachments"][0];
    assert_eq!((&file["filename"], &file["size"]), (&"erasure-receipt.txt".into(), &receipt.len().into()));
    assert_eq!(answer.body["components"][1]["file"]["attachment_id"], file["id"]);
}

#[tokio::test]
async fn what_is_under_way_is_told_in_words() {
    let world = World::new().await;
    let states = [
        (CaseState::Erasing(Erasing { step: ErasureStep::Sweep, ..Erasing::default() }), "store by store"),
        (CaseState::Exported { key: "exports/x.zip".to_owned(), until: now() }, "was deleted by now"),
        (CaseState::Failed { at: now() }, "could not be put together"),
    ];
    for (byte, (state, words)) in (1..).zip(states) {
        stands(&world, byte, state).await;
        let number = u64::from(byte);
        let message = world.defer(number, ADA, status(Some(id(byte)))).await;
        assert!(world.deliver(message).await);
        assert!(world.said(number).unwrap().contains(words), "{:?}", world.said(number));
    }
}

#[tokio::test]
async fn what_fails_comes_again_and_ends_the_same() {
    let world = World::new().await;
    assert!(world.run(&export(ADA, 1)).await);
    for (number, operation) in (10..).zip(["GetItem", "Query", "UpdateItem"]) {
        let message = world.defer(number, ADA, status(None)).await;
        world.aws.fault_next(operation, Fault::Status500, 1);
        assert!(!world.deliver(message.clone()).await, "{operation}");
        assert_eq!(world.said(number), None);
        assert!(world.deliver(message).await);
        assert!(world.said(number).is_some(), "{operation}");
    }
    // Discord refuses for longer than anybody waits: the claim is held, and the next delivery is a moment later.
    let message = world.defer(20, ADA, status(None)).await;
    let away =
        RestFault { only: "/webhooks/".to_owned(), kind: RestFaultKind::Status(503), times: Some(100) };
    world.simulator.fault(Wrong::Rest(away)).unwrap();
    assert!(!world.deliver(message).await);
    assert_eq!(world.said(20), None);
}

#[tokio::test]
async fn a_row_of_another_kind_is_not_answered() {
    let world = World::new().await;
    let message = world.defer(7, ADA, Purpose::Join).await;
    assert!(world.deliver(message).await);
    assert_eq!(world.said(7), None);
    let nobody = shared::messages::PrivacyStatus::new(ADA, shared::ids::InteractionId::new(99));
    assert!(
        world.deliver(nobody.to_body().unwrap()).await,
        "there is no row: it was answered, or is too old"
    );
    assert_eq!(DataSubject::User(ADA).user(), Some(ADA));
}
