//! The function's rights: those of its role, those that it lists and those that it needs are the same (SPEC T13).

use aws_sdk_dynamodb::types::AttributeValue;
use data_retention::grants::{GRANTS, GRANTS_OF_A_LINK, GRANTS_OF_THE_EVENT_SOURCE};
use data_retention::{Invocation, handle};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::grant::Grant;
use shared::ids::UserId;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource, PrivacyStatus};
use shared::privacy::DataSubject;
use shared::security::permissions::Role;
use shared::store::api_keys::{ApiKeyStore, KeyTenant};
use shared::store::deferred::Purpose;
use shared::store::roles::GivenRole;
use shared::store::{Item, Table};
use shared::vault::{Document, Replicas};
use testkit::iam::{Actions, allowed, listed, needed};

use super::world::{ADA, BEN, GUILD, OTHER, World, erasure, invocation, now};

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    let all = GRANTS.iter().chain(GRANTS_OF_THE_EVENT_SOURCE).chain(GRANTS_OF_A_LINK).map(Grant::parts);
    assert_eq!(allowed("DataRetentionRole").unwrap(), listed(all));
}

const CLARA: UserId = UserId::new(80_351_110_224_678_919);
/// The interaction of somebody who asks how far it is.
const STATUS: u64 = 4_711;

fn request(seed: u8, subject: DataSubject, action: PrivacyAction) -> PrivacyRequest {
    let id = PrivacyRequestId::of_digest(&[seed; 32]);
    PrivacyRequest::new(id, subject, action, PrivacySource::Command)
}

/// A row of a table that is over for long, whatever it means.
fn over(table: Table) -> Item {
    let (hash, range) = table.key();
    let keys = [Some(hash), range].into_iter().flatten();
    let keys = keys.map(|name| (name.to_owned(), AttributeValue::S("over".to_owned())));
    let end = AttributeValue::N("1000".to_owned());
    keys.chain([("expires_at".to_owned(), end)]).collect()
}

/// A community that turned the bot away long ago, and settings for it.
async fn idle(world: &World) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let row = |rest: &[(&str, &str)]| -> Item {
        let all = [("guild", "290926798626359999")].iter().chain(rest);
        all.map(|(name, value)| ((*name).to_owned(), text(value))).collect()
    };
    let turned_away = [("sk", "access"), ("status", "denied"), ("updated_at", "2025-01-02T03:04:05Z")];
    let version = || AttributeValue::N("1".to_owned());
    for (table, rest) in [(Table::GuildAccess, &turned_away[..]), (Table::GuildState, &[("sk", "settings")])]
    {
        let mut row = row(rest);
        row.insert("version".to_owned(), version());
        world.put(table, row).await;
    }
}

/// Rows that are over where rows end, a secret that is nobody's, a log that keeps for ever, and so little time that another
/// invocation has to go on.
async fn nights(world: &World) {
    world.aws.rows_are_made_up();
    idle(world).await;
    let logs = aws_sdk_cloudwatchlogs::Client::new(world.aws.sdk_config());
    logs.create_log_group().log_group_name("/aws/lambda/timmybot-new").send().await.unwrap();
    let audit = [Table::Audit, Table::AuditHeads];
    for table in Table::ALL.into_iter().filter(|table| !audit.contains(table)) {
        world.put(table, over(table)).await;
    }
    // Ours, not the function's.
    world.aws.take_calls();
    let night: Value =
        serde_json::from_str(include_str!("../../../../events/data-retention/nightly.json")).unwrap();
    // Secrets have the emulator's own time.
    let app = world.app(Clock::system().now() + (9 * 24).hours());
    let short = Invocation { deadline: Timestamp::UNIX_EPOCH, ..invocation(now()) };
    let heard = world.aws.listen_as("timmybot-data-retention");
    handle(&app, night.clone(), &short).await.unwrap();
    heard.next().await;
    handle(&app, night, &Invocation { deadline: Timestamp::MAX, ..short }).await.unwrap();
}

async fn given(world: &World) {
    for (user, guild) in [(ADA, GUILD), (BEN, OTHER)] {
        world.fill(user, guild, now()).await;
        world.approve(guild, user, user, now()).await;
    }
    world.contain(ADA, BEN, now()).await;
    // Others' rows that only name her.
    let role = GivenRole { user: CLARA, role: Role::Moderator, by: ADA, at: now() };
    world.give_role(OTHER, role).await;
    let (keys, tenant) = (ApiKeyStore::new(world.db()), KeyTenant::Guild(OTHER));
    let id = keys.list(tenant, now()).await.unwrap()[0].id.clone();
    let revoked = keys.plan_revocation(tenant, &id, ADA, now()).await.unwrap().unwrap();
    assert_eq!(revoked.apply(&world.db(), "test").await, Ok(shared::store::Applied::Done));
    let replicas = Replicas::new(vec!["eu-north-1".parse().unwrap()], None, None).unwrap();
    let vault = world.vault().replicated(replicas);
    vault.replace(CLARA, None, Document::default()).await.unwrap();
    vault.delete(ADA).await.unwrap();
    vault.replace(ADA, None, Document::default()).await.unwrap();
    world.fill_tokens(ADA, shared::domain::accounts::Provider::Discord, now()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let world = World::new().await;
    world.aws.rows_are_made_up();
    given(&world).await;
    world.owe_for(BEN, STATUS, Purpose::PrivacyStatus { request: None }, now()).await;
    world.aws.record_calls();
    for (seed, subject) in [(1, erasure(ADA).subject()), (2, erasure(OTHER).subject())] {
        world.deliver(&request(seed, subject, PrivacyAction::Export), now()).await;
    }
    let asked = PrivacyStatus::new(BEN, shared::ids::InteractionId::new(STATUS));
    let body = asked.to_body().unwrap();
    let event = json!({ "Records": [{ "messageId": "m", "body": body, "eventSource": "aws:sqs" }] });
    handle(&world.app(now()), event, &invocation(now())).await.unwrap();
    let mut own = needed(world.aws.take_calls());
    world.erase(&erasure(ADA), now()).await;
    world.erase(&erasure(GUILD), now()).await;
    world.erase(&erasure(OTHER), now()).await;
    merge(&mut own, needed(world.aws.take_calls()));
    nights(&world).await;
    let heads: Value =
        serde_json::from_str(include_str!("../../../../events/data-retention/heads-moved.json")).unwrap();
    handle(&world.app(now()), heads, &invocation(now())).await.unwrap();
    merge(&mut own, needed(world.aws.take_calls()));
    // An upload that fails is thrown away; `tests/export/` has those.
    own.entry("bucket/exports".to_owned()).or_default().insert("s3:AbortMultipartUpload".to_owned());
    assert_eq!(own, listed(GRANTS.iter().map(Grant::parts)));
}

fn merge(all: &mut Actions, more: Actions) {
    for (resource, actions) in more {
        all.entry(resource).or_default().extend(actions);
    }
}
