//! Users' secrets that no link leads to: whoever unlinked died in the middle, or somebody restored a backup.
//!
//! Nothing is done before the whole list is there: a service that stumbles half-way must not look like a world with fewer
//! secrets. Whether a link leads to one is asked of the table, strongly consistent, and once more under the user's
//! lease, right before it is deleted. The service has no conditional deletion: who links between that look and the next
//! call loses the tokens again, and their link is taken away as any that has none.

use aws_sdk_secretsmanager::primitives::DateTime;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry};
use data_encoding::HEXLOWER;
use futures_util::future::join_all;
use jiff::Timestamp;
use shared::aws_code::code;
use shared::ids::UserId;
use shared::store::StoreError;
use shared::store::links::LinkStore;
use shared::store::token_leases::Taken;

use super::plan::{Found, Tokens};
use crate::app::App;

/// Secrets in one answer; the service's limit.
const PAGE: i32 = 100;
/// What every secret of a user's tokens is marked with; what is not was not made by us.
const TAGS: [(&str, &str); 2] = [("application", "timmybot"), ("kind", "user-oauth")];

/// Who has a secret and since when it is as it is, by user: all of them. The error is a code.
pub(super) async fn listed(app: &App) -> Result<Vec<(UserId, Timestamp)>, String> {
    let prefix = format!("{}/users/", app.config.secret_prefix);
    let ours = Filter::builder().key(FilterNameStringType::Name).values(&prefix).build();
    let (mut listed, mut next) = (Vec::new(), None);
    loop {
        let call = app.night.secrets.list_secrets().filters(ours.clone()).max_results(PAGE);
        let page = call.set_next_token(next).send().await.map_err(|error| code(&error))?;
        let entries = page.secret_list.unwrap_or_default();
        listed.extend(entries.iter().filter_map(|entry| read(entry, &prefix)));
        next = page.next_token;
        if next.is_none() {
            break;
        }
    }
    listed.sort_unstable();
    Ok(listed)
}

/// The same with whether a link leads to each, all at once.
pub(super) async fn found(app: &App, some: &[(UserId, Timestamp)]) -> Result<Vec<Found>, StoreError> {
    let of_each = |(user, changed_at): (UserId, Timestamp)| async move {
        let is_linked = is_linked(&app.linker.links, user).await?;
        Ok::<_, StoreError>(Found::Tokens(Tokens { user, changed_at, is_linked }))
    };
    join_all(some.iter().copied().map(of_each)).await.into_iter().collect()
}

/// Deletes one, if still no link leads to it. `false`: one does by now, or somebody is at it.
pub(super) async fn delete(app: &App, user: UserId) -> Result<bool, String> {
    let holder = app.rng.bytes::<16>().map_err(|_| "entropy".to_owned())?;
    let holder = HEXLOWER.encode(&holder);
    let taken = app.linker.leases.take(user, &holder, app.clock.now()).await.map_err(|error| of(&error))?;
    let Taken::Mine(lease) = taken else { return Ok(false) };
    let deleted = delete_unless_linked(app, user).await;
    // One that is not given back ends by itself.
    drop(app.linker.leases.release(lease).await);
    deleted
}

async fn delete_unless_linked(app: &App, user: UserId) -> Result<bool, String> {
    if is_linked(&app.linker.links, user).await.map_err(|error| of(&error))? {
        return Ok(false);
    }
    app.linker.vault.delete(user).await.map_err(|error| error.code().to_owned())
}

async fn is_linked(links: &LinkStore, user: UserId) -> Result<bool, StoreError> {
    Ok(!links.of(user).await?.is_empty())
}

fn of(error: &StoreError) -> String {
    error.code().to_owned()
}

fn read(entry: &SecretListEntry, prefix: &str) -> Option<(UserId, Timestamp)> {
    let user = entry.name()?.strip_prefix(prefix)?.strip_suffix("/oauth")?.parse().ok()?;
    let has =
        |(key, value)| entry.tags().iter().any(|tag| (tag.key(), tag.value()) == (Some(key), Some(value)));
    let times = [entry.created_date(), entry.last_changed_date()];
    // Of one without a time nobody can say how old it is.
    let latest = times.into_iter().flatten().map(DateTime::secs).max()?;
    TAGS.into_iter().all(has).then_some((user, Timestamp::from_second(latest).ok()?))
}
