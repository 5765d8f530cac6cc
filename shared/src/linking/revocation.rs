//! Telling services that a user is being erased (SPEC T30, W13). Nothing is deleted here: that comes after it, whether or
//! not a service could be told.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use super::{Linker, NotUnlinked};
use crate::domain::accounts::Provider;
use crate::ids::UserId;
use crate::providers::spec::spec;
use crate::vault::{Document, Tokens, VaultError};

/// We have no client there any more: nobody could tell it.
const NO_CLIENT: &str = "client";

/// What became of telling a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// Our tokens are worth nothing there.
    Done,
    /// It may work later.
    Later {
        /// What may be logged.
        code: &'static str,
    },
    /// It never will.
    Never {
        /// What may be logged.
        code: &'static str,
    },
}

impl Linker {
    /// Tells each service to forget what the user has given us, but for those that were `told` before. All at the same time,
    /// under the user's lease: a refresh on its way would bring new tokens to what has just been revoked. Services that
    /// cannot be told of anything are in no answer.
    pub async fn tell_all(
        &self,
        user: UserId,
        told: &BTreeSet<Provider>,
    ) -> Result<BTreeMap<Provider, Told>, NotUnlinked> {
        if wanted(&self.vault.held(user).await?, told).is_empty() {
            return Ok(BTreeMap::new());
        }
        let lease = self.lease(user).await?;
        let answers = self.ask_all(user, told).await;
        // One that is not given back ends by itself.
        drop(self.leases.release(lease).await);
        let mut all: BTreeMap<Provider, Told> = BTreeMap::new();
        for (provider, answer) in answers? {
            // Of two tokens at one service the worse answer counts.
            all.entry(provider).and_modify(|known| *known = answer.max(*known)).or_insert(answer);
        }
        Ok(all)
    }

    async fn ask_all(
        &self,
        user: UserId,
        told: &BTreeSet<Provider>,
    ) -> Result<Vec<(Provider, Told)>, VaultError> {
        // Whoever had the lease before may have written since.
        let held = self.vault.held(user).await?;
        Ok(join_all(wanted(&held, told).into_iter().map(|one| self.tell(one))).await)
    }

    async fn tell(&self, (provider, tokens): (Provider, &Tokens)) -> (Provider, Told) {
        let told = match self.revoke(provider, tokens).await {
            Ok(()) => Told::Done,
            Err(NO_CLIENT) => Told::Never { code: NO_CLIENT },
            Err(code) => Told::Later { code },
        };
        (provider, told)
    }
}

/// Each token once, of services that can be told.
fn wanted<'a>(held: &'a [Document], told: &BTreeSet<Provider>) -> Vec<(Provider, &'a Tokens)> {
    let mut wanted: Vec<(Provider, &Tokens)> = Vec::new();
    for (provider, tokens) in held.iter().flat_map(Document::accounts) {
        let is_there = wanted.contains(&(provider, tokens));
        if !is_there && !told.contains(&provider) && spec(provider).revoke.is_some() {
            wanted.push((provider, tokens));
        }
    }
    wanted
}

#[cfg(test)]
#[path = "revocation_tests.rs"]
mod tests;
