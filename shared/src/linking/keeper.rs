//! Keeping links alive: an access token when somebody needs one, new tokens when the night comes, and an index that
//! agrees with the vault again after whatever died in between (SPEC T11, T12).

use jiff::{SignedDuration, Timestamp};

use super::due;
use crate::clock::Clock;
use crate::domain::accounts::Provider;
use crate::ids::UserId;
use crate::providers::refresher::ServiceRefresher;
use crate::security::secret::Secret;
use crate::store::StoreError;
use crate::store::links::{Due, Link, LinkStatus, LinkStore, PutLink};
use crate::vault::{AccessError, AccessTokens};

/// After how long a link is tried again that could not be renewed.
pub const RETRY: SignedDuration = SignedDuration::from_hours(1);
/// Times that a row is read again because somebody else was writing it.
const TRIES: u32 = 8;

/// The links of all users, with their tokens.
#[derive(Debug)]
pub struct Keeper {
    tokens: AccessTokens<ServiceRefresher>,
    links: LinkStore,
    clock: Clock,
}

/// Which links are renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Those whose tokens end.
    Due,
    /// All that were not renewed since then.
    All {
        /// When it was begun.
        since: Timestamp,
    },
}

/// What became of a link that was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// Its tokens are good again, or were already.
    Fresh,
    /// The service does not honour it any more; its tokens are deleted.
    Lapsed,
    /// It was no link, or is none any more.
    Gone,
    /// It could not be renewed. It is due again after [`RETRY`].
    Later {
        /// For the log.
        code: String,
        /// How long the service asked not to be asked.
        after: Option<core::time::Duration>,
        /// How many times in a row it was so, by night.
        failures: u32,
    },
}

impl Keeper {
    /// Over these tokens and these links.
    pub const fn new(tokens: AccessTokens<ServiceRefresher>, links: LinkStore, clock: Clock) -> Self {
        Self { tokens, links, clock }
    }

    /// A token that can be used now. A link that is over is marked so.
    pub async fn access(&self, user: UserId, provider: Provider) -> Result<Secret, AccessError> {
        let got = self.tokens.get(user, provider).await;
        if got == Err(AccessError::NeedsReauth) {
            self.settle(user, provider, |link| link.stands(LinkStatus::NeedsReauth, None)).await?;
        }
        got
    }

    /// Forgets the token in memory: the service did not take it.
    pub fn forget(&self, user: UserId, provider: Provider) {
        self.tokens.forget(user, provider);
    }

    /// Renews a link, if it is due; with [`Extent::All`] also if it is not. It may be done any number of times: what was
    /// done already is seen.
    pub async fn renew(&self, which: Due, extent: Extent) -> Result<Renewed, StoreError> {
        let Due { user, provider } = which;
        let Some(seen) = self.find(user, provider).await? else { return Ok(Renewed::Gone) };
        let got = match extent {
            Extent::All { since } if seen.renewed_at.is_some_and(|at| at >= since) => {
                return Ok(Renewed::Fresh);
            }
            Extent::All { .. } => self.tokens.renewed(user, provider).await,
            Extent::Due => self.tokens.tokens(user, provider).await,
        };
        match got {
            Ok(tokens) => {
                let (due_at, renewed_at) = (due(&tokens), self.clock.now());
                let next = |link: Link| link.renewed(due_at, renewed_at);
                self.settle(user, provider, next).await?;
                Ok(Renewed::Fresh)
            }
            Err(AccessError::NeedsReauth) => {
                self.settle(user, provider, |link| link.stands(LinkStatus::NeedsReauth, None)).await?;
                Ok(Renewed::Lapsed)
            }
            // Linking, or unlinking, died half-way: there is nothing that the row could be about. If it has changed
            // meanwhile, somebody is at it, and it is their row.
            Err(AccessError::NotLinked) => {
                self.links.remove(user, &seen).await?;
                Ok(Renewed::Gone)
            }
            Err(AccessError::Later { code, after }) => {
                // No service is believed that asks for more (`LONGEST_WAIT`).
                let again = self.clock.now().saturating_add(RETRY).ok();
                let failures = seen.failures.saturating_add(1);
                self.settle(user, provider, |link| link.failed(failures, again)).await?;
                Ok(Renewed::Later { code, after, failures })
            }
        }
    }

    async fn find(&self, user: UserId, provider: Provider) -> Result<Option<Link>, StoreError> {
        Ok(self.links.of(user).await?.into_iter().find(|link| link.provider == provider))
    }

    /// Changes the row, if there is one. One that was linked anew meanwhile has other tokens, and is left as it is.
    async fn settle(
        &self,
        user: UserId,
        provider: Provider,
        next: impl Fn(Link) -> Link,
    ) -> Result<(), StoreError> {
        let Some(first) = self.find(user, provider).await? else { return Ok(()) };
        let (subject, linked_at) = (first.subject.clone(), first.linked_at);
        let mut seen = first;
        for _ in 0..TRIES {
            match self.links.put(user, Some(&seen), next(seen.clone())).await? {
                PutLink::Now(_) | PutLink::Taken | PutLink::Erased => return Ok(()),
                PutLink::Changed => {}
            }
            match self.find(user, provider).await? {
                Some(link) if link.subject == subject && link.linked_at == linked_at => seen = link,
                _ => return Ok(()),
            }
        }
        Err(StoreError::Contended { operation: "links.put" })
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
