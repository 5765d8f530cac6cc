//! Counting denials, and the ban that follows (SPEC T16).

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use jiff::Timestamp;

use super::AccessStore;
use super::row::{BAN, Item, key, number, read_ban};
use crate::domain::access::Ban;
use crate::ids::GuildId;
use crate::security::rate_limit::{Decision, Limit, Subject};
use crate::store::condition::held_or_row;
use crate::store::{StoreError, Table};

/// What a denial led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialOutcome {
    /// It was counted.
    Counted {
        /// How many more the guild has before it is banned.
        remaining: u32,
    },
    /// It was one too many.
    Banned {
        /// The first instant at which the ban is over.
        until: Timestamp,
        /// Whether this denial laid the ban. True exactly once a ban: whoever sees it raises the alert.
        newly: bool,
    },
}

/// No ban holds. Milliseconds, since the TTL's seconds are rounded.
const NOT_BANNED: &str = "attribute_not_exists(banned_until) OR banned_until <= :now";

impl AccessStore {
    /// Counts a denial for which `Denied::counts` is true; the eleventh in an hour bans. The caller answers first or
    /// without waiting: this failing changes no answer.
    pub async fn count_denial(&self, guild: GuildId, now: Timestamp) -> Result<DenialOutcome, StoreError> {
        match self.limits.check(&Subject::denials(guild), Limit::DENIALS, now).await? {
            Decision::Allowed { remaining, .. } => Ok(DenialOutcome::Counted { remaining }),
            Decision::Refused { .. } => self.ban(guild, now).await,
        }
    }

    /// Bans unless banned already; of many callers at once, one is told that it was the one.
    async fn ban(&self, guild: GuildId, now: Timestamp) -> Result<DenialOutcome, StoreError> {
        let ban = Ban::starting(now);
        let put = self.db.client().put_item().table_name(self.db.table(Table::GuildAccess));
        let sent = put
            .set_item(Some(ban_row(guild, ban)))
            .condition_expression(NOT_BANNED)
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(row) = held_or_row(sent, "access.ban")? else {
            return Ok(DenialOutcome::Banned { until: ban.until(), newly: true });
        };
        let standing = row.as_ref().map(read_ban).transpose()?.unwrap_or(ban);
        Ok(DenialOutcome::Banned { until: standing.until(), newly: false })
    }
}

fn ban_row(guild: GuildId, ban: Ban) -> Item {
    let mut row = key(&guild.to_string(), BAN);
    row.insert("banned_until".to_owned(), number(ban.until().as_millisecond()));
    row.insert("expires_at".to_owned(), number(ban.until().as_second().saturating_add(1)));
    row
}
