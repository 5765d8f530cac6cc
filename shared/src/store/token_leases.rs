//! Who refreshes a user's tokens, one row of `account-links` for each user (SPEC T12): a refresh token that works once
//! must not be sent twice. The lease saves calls and tokens; that no update is lost does not rest on it, but on the
//! versions of the secret ([`crate::vault`]).

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use jiff::{SignedDuration, Timestamp};

use super::condition::{held, held_or_row};
use super::item::{Item, number, text};
use super::links::user_key;
use super::{Db, StoreError, Table};
use crate::ids::UserId;

const SK: &str = "lease";
const TAKE: &str = "SET holder = :me, #until = :until, expires_at = :expires ADD fence :one";
const FREE: &str = "attribute_not_exists(#until) OR #until <= :now OR holder = :me";
const RELEASE: &str = "SET #until = :zero";
const MINE: &str = "holder = :me";
/// How long a row is kept that nobody uses.
const LIFE_S: i64 = 24 * 3600;

/// A lease, in the hands of its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenLease {
    user: UserId,
    holder: String,
}

/// What became of asking for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The caller has it.
    Mine(TokenLease),
    /// Somebody else does, until then at the latest.
    Theirs {
        /// When it is free, unless it is given back before.
        until: Timestamp,
    },
}

/// The leases of all users. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TokenLeases {
    db: Db,
}

impl TokenLeases {
    /// How long a holder has: longer than a provider may take, with the writes around it.
    pub const TTL: SignedDuration = SignedDuration::from_secs(30);

    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Takes it, if nobody has it. `holder` is a name that nobody else has; asking again under it is asking once.
    pub async fn take(&self, user: UserId, holder: &str, now: Timestamp) -> Result<Taken, StoreError> {
        let until = now.saturating_add(Self::TTL).unwrap_or(Timestamp::MAX);
        let call = self.db.client().update_item().table_name(self.db.table(Table::AccountLinks));
        let sent = call
            .set_key(Some(key(user)))
            .update_expression(TAKE)
            .condition_expression(FREE)
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":me", text(holder))
            .expression_attribute_values(":until", number(until.as_millisecond()))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":expires", number(now.as_second().saturating_add(LIFE_S)))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        Ok(match held_or_row(sent, "token_leases.take")? {
            Ok(_) => Taken::Mine(TokenLease { user, holder: holder.to_owned() }),
            Err(row) => Taken::Theirs { until: until_of(row.as_ref())? },
        })
    }

    /// Gives it back. One that somebody else has by now stays theirs.
    pub async fn release(&self, lease: TokenLease) -> Result<(), StoreError> {
        let call = self.db.client().update_item().table_name(self.db.table(Table::AccountLinks));
        let sent = call
            .set_key(Some(key(lease.user)))
            .update_expression(RELEASE)
            .condition_expression(MINE)
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":me", text(lease.holder))
            .expression_attribute_values(":zero", number(0))
            .send()
            .await;
        held(sent, "token_leases.release").map(drop)
    }
}

fn key(user: UserId) -> Item {
    Item::from([("owner".to_owned(), text(user_key(user))), ("sk".to_owned(), text(SK))])
}

fn until_of(item: Option<&Item>) -> Result<Timestamp, StoreError> {
    let corrupt = StoreError::Corrupt { table: Table::AccountLinks.suffix(), what: "a lease has no end" };
    let millis = item.and_then(|item| item.get("until")?.as_n().ok()?.parse().ok());
    millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()).ok_or(corrupt)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use testkit::{Aws, Fault};

    use super::*;

    const USER: UserId = UserId::new(5001);

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn leases(aws: &Aws) -> TokenLeases {
        TokenLeases::new(Db::new(aws.dynamodb(), aws.prefix()))
    }

    async fn mine(leases: &TokenLeases, holder: &str, now: Timestamp) -> TokenLease {
        match leases.take(USER, holder, now).await.unwrap() {
            Taken::Mine(lease) => lease,
            Taken::Theirs { until } => panic!("until {until}"),
        }
    }

    #[tokio::test]
    async fn one_has_it_until_it_is_given_back() {
        let aws = Aws::start().await;
        let leases = leases(&aws);
        let lease = mine(&leases, "a", now()).await;
        let until = now() + TokenLeases::TTL;
        assert_eq!(leases.take(USER, "b", now()).await, Ok(Taken::Theirs { until }));
        assert!(
            matches!(leases.take(UserId::new(500), "b", now()).await, Ok(Taken::Mine(_))),
            "another user's"
        );
        leases.release(lease).await.unwrap();
        mine(&leases, "b", now()).await;
    }

    #[tokio::test]
    async fn who_died_with_it_loses_it_and_does_not_give_back_what_is_not_theirs() {
        let aws = Aws::start().await;
        let leases = leases(&aws);
        let old = mine(&leases, "a", now()).await;
        let later = now() + TokenLeases::TTL;
        mine(&leases, "b", later).await;
        leases.release(old).await.unwrap();
        assert_eq!(leases.take(USER, "c", later).await, Ok(Taken::Theirs { until: later + 30.seconds() }));
    }

    #[tokio::test]
    async fn a_lost_answer_is_no_lost_lease() {
        let aws = Aws::start().await;
        let leases = leases(&aws);
        aws.fault_next("UpdateItem", Fault::AnswerLost, 1);
        assert!(matches!(leases.take(USER, "a", now()).await, Err(StoreError::Unavailable { .. })));
        mine(&leases, "a", now()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_fifty_at_once_one_gets_it() {
        let aws = Aws::start().await;
        let leases = leases(&aws);
        let mut all = tokio::task::JoinSet::new();
        for number in 0..50 {
            let leases = leases.clone();
            all.spawn(async move { leases.take(USER, &number.to_string(), now()).await.unwrap() });
        }
        let taken = all.join_all().await;
        assert_eq!(taken.iter().filter(|one| matches!(one, Taken::Mine(_))).count(), 1);
    }
}
