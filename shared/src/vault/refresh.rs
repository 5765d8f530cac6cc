//! An access token that can be used now (SPEC T11, T12): from memory, from the vault, or from the provider, which is
//! asked once however many want it at that moment.

use core::future::Future;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::{Document, Replaced, Stored, TokenVault, Tokens, VaultError};
use crate::clock::{Clock, NoEntropy, Rng};
use crate::domain::accounts::Provider;
use crate::ids::UserId;
use crate::providers::answer::NotGranted;
use crate::security::secret::Secret;
use crate::store::StoreError;
use crate::store::token_leases::{Taken, TokenLease, TokenLeases};

/// A token that ends within so many seconds is not used any more (SPEC T11).
pub const MARGIN_S: i64 = 300;
/// How often is looked whether somebody else's refresh is done.
const LOOK: Duration = Duration::from_millis(100);
/// Times that is looked before the caller is told to come back: a lease's time, and a little.
const LOOKS: u32 = 350;
/// Times that a document is changed anew because a link or an unlink came between.
const TRIES: u32 = 8;

/// A provider's token endpoint.
pub trait Refresher: Send + Sync {
    /// Asks for new tokens with the refresh token in `tokens`. What the answer leaves out, such as the same refresh token
    /// once more, is taken over from `tokens`.
    fn refresh(
        &self,
        provider: Provider,
        tokens: &Tokens,
    ) -> impl Future<Output = Result<Tokens, NotGranted>> + Send;
}

/// Why there is no access token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The user has not linked this service.
    #[error("the account is not linked")]
    NotLinked,
    /// The service does not honour the link any more, and its tokens are deleted. The user has to link it again.
    #[error("the account has to be linked again")]
    NeedsReauth,
    /// The service, or our own stores; it may work later.
    #[error("the account cannot be used at the moment: {code}")]
    Later {
        /// For the log.
        code: String,
        /// What the service asked for.
        after: Option<Duration>,
    },
}

impl From<VaultError> for AccessError {
    fn from(error: VaultError) -> Self {
        Self::Later { code: error.code().to_owned(), after: None }
    }
}

impl From<StoreError> for AccessError {
    fn from(error: StoreError) -> Self {
        Self::Later { code: error.code().to_owned(), after: None }
    }
}

impl From<NoEntropy> for AccessError {
    fn from(_: NoEntropy) -> Self {
        Self::Later { code: "entropy".to_owned(), after: None }
    }
}

/// Access tokens of all users.
#[derive(Debug)]
pub struct AccessTokens<R> {
    vault: TokenVault,
    leases: TokenLeases,
    refresher: R,
    clock: Clock,
    rng: Rng,
    cache: Mutex<HashMap<(UserId, Provider), Tokens>>,
}

/// Whether tokens are taken to be as good as they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freshness {
    AsSaid,
    Ended,
}

/// Tokens that are kept in memory; above it all are forgotten.
const KEPT: usize = 1_000;

impl<R: Refresher> AccessTokens<R> {
    /// From this vault, refreshed by `refresher`.
    pub fn new(vault: TokenVault, leases: TokenLeases, refresher: R, clock: Clock, rng: Rng) -> Self {
        Self { vault, leases, refresher, clock, rng, cache: Mutex::default() }
    }

    /// A token that is good for [`MARGIN_S`] at least, if the provider gives tokens that long. Calls: none when it is
    /// in memory, one when it is in the vault, five when it has to be refreshed.
    pub async fn get(&self, user: UserId, provider: Provider) -> Result<Secret, AccessError> {
        Ok(self.tokens(user, provider).await?.access)
    }

    /// The same, with all that belongs to it.
    pub async fn tokens(&self, user: UserId, provider: Provider) -> Result<Tokens, AccessError> {
        if let Some(tokens) = self.kept(user, provider, self.clock.now()) {
            return Ok(tokens);
        }
        let stored = self.vault.read(user).await?;
        if let Some(tokens) = self.fresh(stored.as_ref(), provider)? {
            return Ok(self.keep(user, provider, tokens));
        }
        let holder = HEXLOWER.encode(&self.rng.bytes::<16>()?);
        for _ in 0..LOOKS {
            if let Taken::Mine(lease) = self.leases.take(user, &holder, self.clock.now()).await? {
                let refreshed = self.refresh(user, provider, Freshness::AsSaid).await;
                self.give_back(lease).await;
                return refreshed.map(|tokens| self.keep(user, provider, tokens));
            }
            tokio::time::sleep(LOOK).await;
            let stored = self.vault.read(user).await?;
            if let Some(tokens) = self.fresh(stored.as_ref(), provider)? {
                return Ok(self.keep(user, provider, tokens));
            }
        }
        Err(AccessError::Later { code: "lease".to_owned(), after: None })
    }

    /// New tokens, even if the old ones are still good. Those of a service that gives no refresh token stay as they are.
    pub async fn renewed(&self, user: UserId, provider: Provider) -> Result<Tokens, AccessError> {
        let holder = HEXLOWER.encode(&self.rng.bytes::<16>()?);
        let Taken::Mine(lease) = self.leases.take(user, &holder, self.clock.now()).await? else {
            // Whoever has it refreshes right now.
            return self.tokens(user, provider).await;
        };
        self.forget(user, provider);
        let renewed = self.refresh(user, provider, Freshness::Ended).await;
        self.give_back(lease).await;
        renewed.map(|tokens| self.keep(user, provider, tokens))
    }

    /// Forgets what is in memory: the account was unlinked, or its token refused.
    pub fn forget(&self, user: UserId, provider: Provider) {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).remove(&(user, provider));
    }

    /// With the lease. Whoever had it before may have done the work, or died in the middle of it.
    async fn refresh(
        &self,
        user: UserId,
        provider: Provider,
        freshness: Freshness,
    ) -> Result<Tokens, AccessError> {
        let stored = self.vault.settle(user).await?;
        if let Some(tokens) = self.fresh(stored.as_ref(), provider)?
            && (freshness == Freshness::AsSaid || tokens.refresh.is_none())
        {
            return Ok(tokens);
        }
        let stored = stored.ok_or(AccessError::NotLinked)?;
        let old = stored.document.tokens(provider).ok_or(AccessError::NotLinked)?.clone();
        match self.refresher.refresh(provider, &old).await {
            Ok(new) => self.store(user, provider, stored, &old, new).await,
            Err(NotGranted::InvalidGrant) => self.give_up(user, provider, &old).await,
            Err(NotGranted::Refused(code)) => Err(AccessError::Later { code: code.to_owned(), after: None }),
            Err(NotGranted::Later { code, after }) => {
                Err(AccessError::Later { code: code.to_owned(), after })
            }
        }
    }

    /// The new tokens are in the vault before anybody uses them. A link that came between wins: its tokens are newer. A
    /// vault that fails is asked again: nobody else has these tokens, and the old ones may be worth nothing by now.
    async fn store(
        &self,
        user: UserId,
        provider: Provider,
        mut seen: Stored,
        old: &Tokens,
        new: Tokens,
    ) -> Result<Tokens, AccessError> {
        let mut failed = "contended".to_owned();
        for _ in 0..TRIES {
            match seen.document.tokens(provider) {
                None => return Err(AccessError::NotLinked),
                Some(now) if now.refresh != old.refresh || now.subject != old.subject => {
                    return Ok(now.clone());
                }
                Some(_) => {}
            }
            let next = seen.document.with(provider, new.clone());
            match self.vault.replace(user, Some(&seen), next).await {
                Ok(Replaced::Now(_)) => return Ok(new),
                Ok(Replaced::Changed) => {}
                Err(error) => {
                    failed = error.code().to_owned();
                    tokio::time::sleep(LOOK).await;
                }
            }
            if let Ok(read) = self.vault.read(user).await {
                seen = read.ok_or(AccessError::NotLinked)?;
            }
        }
        Err(AccessError::Later { code: failed, after: None })
    }

    /// The provider says no for good. Perhaps of a token that was replaced meanwhile: the vault is read again before
    /// anything is deleted.
    async fn give_up(&self, user: UserId, provider: Provider, old: &Tokens) -> Result<Tokens, AccessError> {
        for _ in 0..TRIES {
            let Some(seen) = self.vault.read(user).await? else { return Err(AccessError::NotLinked) };
            match seen.document.tokens(provider) {
                None => return Err(AccessError::NeedsReauth),
                Some(now) if now.refresh != old.refresh => return Ok(now.clone()),
                Some(_) => {}
            }
            let next: Document = seen.document.without(provider);
            if let Replaced::Now(_) = self.vault.replace(user, Some(&seen), next).await? {
                self.vault.forget_previous(user).await?;
                return Err(AccessError::NeedsReauth);
            }
        }
        Err(AccessError::Later { code: "contended".to_owned(), after: None })
    }

    /// What is stored, if it can be used; `None`: it has to be refreshed.
    fn fresh(&self, stored: Option<&Stored>, provider: Provider) -> Result<Option<Tokens>, AccessError> {
        let tokens =
            stored.and_then(|stored| stored.document.tokens(provider)).ok_or(AccessError::NotLinked)?;
        if tokens.is_fresh(self.clock.now(), MARGIN_S) {
            return Ok(Some(tokens.clone()));
        }
        if tokens.refresh.is_none() { Err(AccessError::NeedsReauth) } else { Ok(None) }
    }

    /// A lease that is not given back ends by itself.
    async fn give_back(&self, lease: TokenLease) {
        drop(self.leases.release(lease).await);
    }

    fn kept(&self, user: UserId, provider: Provider, now: Timestamp) -> Option<Tokens> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&(user, provider)).filter(|tokens| tokens.is_fresh(now, MARGIN_S)).cloned()
    }

    /// One that does not say when it ends is not kept: nobody could tell that it was revoked.
    fn keep(&self, user: UserId, provider: Provider, tokens: Tokens) -> Tokens {
        if tokens.expires_at.is_some() {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= KEPT {
                cache.clear();
            }
            cache.insert((user, provider), tokens.clone());
        }
        tokens
    }
}

impl<R: Refresher> Refresher for Arc<R> {
    async fn refresh(&self, provider: Provider, tokens: &Tokens) -> Result<Tokens, NotGranted> {
        R::refresh(self, provider, tokens).await
    }
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
