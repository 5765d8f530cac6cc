mod bans;
mod failures;
mod forgetting;
mod steps;
mod unprocessed;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::row::{APPROVED, COUNT, key, number, text};
use super::*;
use crate::domain::access::{Ban, Reason, Status};
use crate::domain::containment::Level;
use crate::ids::UserId;
use crate::security::access::GuildView;

const GUILD: GuildId = GuildId::new(7);
const MANAGER: UserId = UserId::new(11);
const OPERATOR: UserId = UserId::new(22);

fn store(aws: &Aws, cap: u32) -> AccessStore {
    let db = Db::new(aws.dynamodb(), aws.prefix());
    AccessStore::new(db.clone(), RateLimitStore::new(db), cap)
}

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

fn reason() -> Reason {
    "because".parse().unwrap()
}

fn request() -> Step {
    Step::Request { by: MANAGER }
}

fn approve() -> Step {
    Step::Approve { by: OPERATOR, reason: reason() }
}

fn deny() -> Step {
    Step::Deny { by: OPERATOR, reason: reason() }
}

fn revoke() -> Step {
    Step::Revoke { by: OPERATOR, reason: reason() }
}

/// Takes the steps one minute apart from noon.
async fn walk(store: &AccessStore, guild: GuildId, steps: &[Step]) -> GuildAccess {
    let mut last = None;
    for (minute, step) in (0..).zip(steps) {
        last = Some(store.take(guild, step, after(minute * 60)).await.unwrap());
    }
    last.unwrap()
}

async fn put(aws: &Aws, item: row::Item) {
    let table = format!("{}-guild-access", aws.prefix());
    aws.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

async fn count(aws: &Aws) -> u32 {
    let get = aws.dynamodb().get_item().table_name(format!("{}-guild-access", aws.prefix()));
    let row = get.set_key(Some(key(APPROVED, COUNT))).consistent_read(true).send().await.unwrap().item;
    row::read_count(row.as_ref()).unwrap()
}
