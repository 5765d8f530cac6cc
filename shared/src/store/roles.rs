//! Roles that were given at the API, in `roles` (SPEC W14, W16): one row a person and community, with who gave it and when.
//! A role is planned from a consistent reading and written together with its audit row, on the condition that nobody
//! changed it meanwhile.

use aws_sdk_dynamodb::types::{Delete, Put};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::in_transaction::InTransaction;
use super::item::{Item, from_item, number, text, to_item};
use super::{Db, StoreError, Table};
use crate::ids::{GuildId, UserId};
use crate::security::permissions::Role;

/// How many roles a page lists.
pub const PAGE: i32 = 50;
const NEW: &str = "attribute_not_exists(#user)";
const UNCHANGED: &str = "version = :seen";

/// A role that somebody was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenRole {
    /// To whom.
    pub user: UserId,
    /// Which.
    pub role: Role,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A role and the version under which it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The role; `None` is to have none, which is [`Role::User`].
    pub given: Option<GivenRole>,
    version: u64,
}

impl Versioned {
    /// What it amounts to.
    pub fn role(&self) -> Role {
        self.given.map_or(Role::User, |given| given.role)
    }
}

/// A part of a community's roles, by the holders' ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolesPage {
    /// At most [`PAGE`].
    pub roles: Vec<GivenRole>,
    /// After whom the next page begins; `None` at the end.
    pub next: Option<UserId>,
}

/// The two roles that can be given: an operator's is the deployment's to name, a user's is to have none.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredRole {
    Moderator,
    CommunityOwner,
}

#[derive(Serialize, Deserialize)]
struct Row {
    guild: GuildId,
    user: UserId,
    role: StoredRole,
    by: UserId,
    at: Timestamp,
    version: u64,
}

/// The roles of all communities. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RoleStore {
    db: Db,
}

impl RoleStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Somebody's role in a community. One strongly consistent read: a role that was taken a moment ago is.
    pub async fn find(&self, guild: GuildId, user: UserId) -> Result<Versioned, StoreError> {
        let item = self.db.get(Table::Roles, key(guild, user), "roles.find").await?;
        let Some(item) = item else { return Ok(Versioned { given: None, version: 0 }) };
        let row: Row = from_item(Table::Roles, "role", item)?;
        Ok(Versioned { given: Some(given(&row)), version: row.version })
    }

    /// The roles that people have in a community.
    pub async fn list(&self, guild: GuildId, after: Option<UserId>) -> Result<RolesPage, StoreError> {
        let call = self.db.client().query().table_name(self.db.table(Table::Roles));
        let sent = call
            .key_condition_expression("guild = :guild")
            .expression_attribute_values(":guild", text(guild.to_string()))
            .set_exclusive_start_key(after.map(|user| key(guild, user)))
            .limit(PAGE)
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("roles.list", &error))?;
        let items = output.items.unwrap_or_default().into_iter();
        let rows = items.map(|item| from_item::<Row>(Table::Roles, "role", item));
        let roles = rows.map(|row| row.map(|row| given(&row))).collect::<Result<Vec<_>, _>>()?;
        let next = output.last_evaluated_key.and_then(|_| roles.last().map(|last| last.user));
        Ok(RolesPage { roles, next })
    }

    /// What makes `after` of what was read. [`Role::User`] takes the role away; [`Role::Admin`] cannot be given.
    pub fn plan(
        &self,
        guild: GuildId,
        seen: &Versioned,
        after: GivenRole,
    ) -> Result<Option<Change>, StoreError> {
        let role = match after.role {
            Role::User => return self.plan_removal(guild, seen, after.user),
            Role::Moderator => StoredRole::Moderator,
            Role::CommunityOwner => StoredRole::CommunityOwner,
            Role::Admin => return Err(corrupt("operators are named by the deployment")),
        };
        let GivenRole { user, by, at, .. } = after;
        let row = Row { guild, user, role, by, at, version: seen.version + 1 };
        let put = Put::builder().set_item(Some(to_item(Table::Roles, &row)?));
        let put = match seen.given {
            None => put.condition_expression(NEW).expression_attribute_names("#user", "user"),
            Some(_) => {
                put.condition_expression(UNCHANGED).expression_attribute_values(":seen", number(seen.version))
            }
        };
        Ok(Some(Change::new([put.in_transaction(&self.db, Table::Roles)?])))
    }

    /// `None`: there is nothing to take away.
    fn plan_removal(
        &self,
        guild: GuildId,
        seen: &Versioned,
        user: UserId,
    ) -> Result<Option<Change>, StoreError> {
        if seen.given.is_none() {
            return Ok(None);
        }
        let delete = Delete::builder()
            .set_key(Some(key(guild, user)))
            .condition_expression(UNCHANGED)
            .expression_attribute_values(":seen", number(seen.version));
        Ok(Some(Change::new([delete.in_transaction(&self.db, Table::Roles)?])))
    }
}

fn given(row: &Row) -> GivenRole {
    let role = match row.role {
        StoredRole::Moderator => Role::Moderator,
        StoredRole::CommunityOwner => Role::CommunityOwner,
    };
    GivenRole { user: row.user, role, by: row.by, at: row.at }
}

fn key(guild: GuildId, user: UserId) -> Item {
    Item::from([("guild".to_owned(), text(guild.to_string())), ("user".to_owned(), text(user.to_string()))])
}

const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::Roles.suffix(), what }
}

#[cfg(test)]
mod tests {
    use testkit::{Aws, Fault};

    use super::*;
    use crate::store::Applied;

    const GUILD: GuildId = GuildId::new(7);
    const ADA: UserId = UserId::new(5001);
    const BEN: UserId = UserId::new(5002);

    fn db(aws: &Aws) -> Db {
        Db::new(aws.dynamodb(), aws.prefix())
    }

    fn to(user: UserId, role: Role) -> GivenRole {
        GivenRole { user, role, by: BEN, at: "2026-01-02T03:04:05Z".parse().unwrap() }
    }

    async fn set(aws: &Aws, guild: GuildId, seen: &Versioned, after: GivenRole) -> Option<Applied> {
        let change = RoleStore::new(db(aws)).plan(guild, seen, after).unwrap()?;
        Some(change.apply(&db(aws), "roles.test").await.unwrap())
    }

    #[tokio::test]
    async fn a_role_is_given_changed_and_taken_in_its_community_only() {
        let aws = Aws::start().await;
        let store = RoleStore::new(db(&aws));
        let none = store.find(GUILD, ADA).await.unwrap();
        assert_eq!((none.given, none.role()), (None, Role::User));
        for role in [Role::Moderator, Role::CommunityOwner] {
            let seen = store.find(GUILD, ADA).await.unwrap();
            assert_eq!(set(&aws, GUILD, &seen, to(ADA, role)).await, Some(Applied::Done));
            assert_eq!(store.find(GUILD, ADA).await.unwrap().given, Some(to(ADA, role)));
        }
        assert_eq!(store.find(GuildId::new(8), ADA).await.unwrap(), none, "another community's");
        let seen = store.find(GUILD, ADA).await.unwrap();
        assert_eq!(set(&aws, GUILD, &seen, to(ADA, Role::User)).await, Some(Applied::Done));
        assert_eq!(store.find(GUILD, ADA).await.unwrap(), none);
        assert_eq!(set(&aws, GUILD, &none, to(ADA, Role::User)).await, None, "nothing to take");
    }

    #[tokio::test]
    async fn of_two_who_saw_the_same_one_changes() {
        let aws = Aws::start().await;
        let store = RoleStore::new(db(&aws));
        let none = store.find(GUILD, ADA).await.unwrap();
        assert_eq!(set(&aws, GUILD, &none, to(ADA, Role::Moderator)).await, Some(Applied::Done));
        assert_eq!(set(&aws, GUILD, &none, to(ADA, Role::CommunityOwner)).await, Some(Applied::Conflict));
        let seen = store.find(GUILD, ADA).await.unwrap();
        assert_eq!(set(&aws, GUILD, &seen, to(ADA, Role::User)).await, Some(Applied::Done));
        assert_eq!(set(&aws, GUILD, &seen, to(ADA, Role::CommunityOwner)).await, Some(Applied::Conflict));
    }

    #[tokio::test]
    async fn nobody_is_made_an_operator() {
        let aws = Aws::start().await;
        let store = RoleStore::new(db(&aws));
        let none = store.find(GUILD, ADA).await.unwrap();
        assert!(matches!(store.plan(GUILD, &none, to(ADA, Role::Admin)), Err(StoreError::Corrupt { .. })));
    }

    #[tokio::test]
    async fn a_list_has_pages_and_one_community() {
        let aws = Aws::start().await;
        let store = RoleStore::new(db(&aws));
        let none = store.find(GUILD, ADA).await.unwrap();
        for number in 0..60 {
            let user = UserId::new(6000 + number);
            let _ = set(&aws, GUILD, &none, to(user, Role::Moderator)).await;
        }
        let _ = set(&aws, GuildId::new(8), &none, to(ADA, Role::Moderator)).await;
        let first = store.list(GUILD, None).await.unwrap();
        let rest = store.list(GUILD, first.next).await.unwrap();
        assert_eq!((first.roles.len(), rest.roles.len(), rest.next), (50, 10, None));
        assert!(first.roles.iter().chain(&rest.roles).all(|given| given.user != ADA));
    }

    #[tokio::test]
    async fn a_failure_is_not_to_have_none() {
        let aws = Aws::start().await;
        aws.fault(Fault::Status500);
        let failed = RoleStore::new(db(&aws)).find(GUILD, ADA).await;
        assert!(matches!(failed, Err(StoreError::Unavailable { .. })));
    }
}
