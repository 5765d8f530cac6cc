//! Taking people and guilds out of approvals (SPEC T30). What an operator has refused stays refused, without saying by whom.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};

use super::AccessStore;
use super::row::{ACCESS, key, number};
use crate::domain::access::{GuildAccess, Status};
use crate::ids::{GuildId, UserId};
use crate::store::change::{Applied, Change, TRIES};
use crate::store::in_transaction::InTransaction;
use crate::store::{StoreError, Table};

const OPERATION: &str = "access.forget";
const UNCHANGED: &str = "version = :seen";

/// Who is to be forgotten.
#[derive(Clone, Copy)]
enum Who {
    One(UserId),
    All,
}

impl AccessStore {
    /// A user's name goes, and with it what the operator wrote; where the guild stands does not change. `false`: they are
    /// not named.
    pub async fn disown(&self, guild: GuildId, user: UserId) -> Result<bool, StoreError> {
        self.until_done(guild, Who::One(user)).await
    }

    /// A guild that is erased: an approval and a request go, and the count with them; what was refused or taken back stays
    /// so, since leaving and coming back is no way around it. `false`: there is nothing left to do.
    pub async fn forget(&self, guild: GuildId) -> Result<bool, StoreError> {
        self.until_done(guild, Who::All).await
    }

    async fn until_done(&self, guild: GuildId, who: Who) -> Result<bool, StoreError> {
        for _ in 0..TRIES {
            let Some(change) = self.plan_forgetting(guild, who).await? else { return Ok(false) };
            if change.apply(&self.db, OPERATION).await? == Applied::Done {
                return Ok(true);
            }
        }
        Err(StoreError::Contended { operation: OPERATION })
    }

    async fn plan_forgetting(&self, guild: GuildId, who: Who) -> Result<Option<Change>, StoreError> {
        let known = self.known(guild).await?;
        let Some(seen) = known.state else { return Ok(None) };
        let ends =
            matches!(who, Who::All) && matches!(seen.access.status(), Status::Approved | Status::Pending);
        if ends {
            let mut items = vec![self.delete_state(guild, seen.version)?];
            if seen.access.status() == Status::Approved && known.approved > 0 {
                items.push(self.count_down()?);
            }
            return Ok(Some(Change::new(items)));
        }
        let after = without(&seen.access, who);
        if after == seen.access {
            return Ok(None);
        }
        Ok(Some(Change::new([self.put_state(guild, Some(&seen), &after)?])))
    }

    fn delete_state(&self, guild: GuildId, seen: u64) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .set_key(Some(key(&guild.to_string(), ACCESS)))
            .condition_expression(UNCHANGED)
            .expression_attribute_values(":seen", number(seen));
        delete.in_transaction(&self.db, Table::GuildAccess)
    }
}

fn without(access: &GuildAccess, who: Who) -> GuildAccess {
    match who {
        Who::One(user) => access.clone().disown(|one| one == user),
        Who::All => access.clone().disown(|_| true),
    }
}
