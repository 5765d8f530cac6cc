//! Linking an account and taking it back (SPEC W12, W13, T4): the services, the vault and the index in the one order in
//! which nothing is lost when it is killed anywhere, and everything may be done again.
//!
//! The index is written first, as [`LinkStatus::Pending`]: tokens that nobody knows of would be refreshed by nobody and
//! shown to nobody. A link that stays pending has no tokens, and whoever finds it due takes it away.

pub mod keeper;
pub mod revocation;
mod setup;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use url::Url;

pub use self::setup::Setup;
use crate::clock::{Clock, NoEntropy, Rng};
use crate::domain::accounts::{Provider, Subject};
use crate::ids::UserId;
use crate::providers::answer::{Granted, NotGranted};
use crate::providers::client::{NotKnown, Providers};
use crate::providers::refresher::linked;
use crate::providers::registrations::{NotRegistered, Registrations};
use crate::providers::request::Registration;
use crate::providers::spec::spec;
use crate::security::oauth::callback::{self, Callback, Refusal};
use crate::security::oauth::one_time::OneTime;
use crate::security::oauth::pkce::Verifier;
use crate::security::secret::Secret;
use crate::store::StoreError;
use crate::store::linkings::{Asked, LinkingStore, Wanted};
use crate::store::links::{Link, LinkStatus, LinkStore, PutLink};
use crate::store::token_leases::{Taken, TokenLease, TokenLeases};
use crate::vault::{MARGIN_S, Replaced, TokenVault, Tokens, VaultError};

/// How long a link may be pending before somebody looks.
const PENDING: SignedDuration = SignedDuration::from_mins(15);
/// Times that a row or a document is read again because somebody else was writing it.
const TRIES: u32 = 8;

/// Everything that linking needs.
#[derive(Debug)]
pub struct Linker {
    /// The services.
    pub providers: Providers,
    /// Our clients there.
    pub registrations: Arc<Registrations>,
    /// The tokens.
    pub vault: TokenVault,
    /// Who writes a user's tokens.
    pub leases: TokenLeases,
    /// What is linked.
    pub links: LinkStore,
    /// What is being linked.
    pub linkings: LinkingStore,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
}

/// Why nothing was linked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLinked {
    /// The state is none of ours, too old, or was used before.
    #[error("there is no such linking")]
    Unknown,
    /// The callback is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The service does not take its own code, or says nothing that can be believed.
    #[error("the service does not stand by its answer")]
    NotHonoured,
    /// Less was allowed than is needed.
    #[error("the user has not allowed everything that is needed")]
    TooLittle,
    /// The account is linked by somebody else.
    #[error("the account is linked by somebody else")]
    Taken,
    /// The user was erased after they had begun. They may begin anew.
    #[error("the user was erased since they began")]
    Erased,
    /// It may work later, or the operator has to mend something; what is in the log says which.
    #[error("it cannot be linked now: {code}")]
    Unavailable {
        /// What may be logged.
        code: String,
    },
}

/// Why an account is still linked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUnlinked {
    /// It was not linked.
    #[error("the account is not linked")]
    NotLinked,
    /// The service could not be told; nothing was deleted. Again later, or without telling it.
    #[error("the service could not be told: {code}")]
    NotRevoked {
        /// What may be logged.
        code: &'static str,
    },
    /// A store failed. Again later: what was done is done.
    #[error("it cannot be unlinked now: {code}")]
    Unavailable {
        /// What may be logged.
        code: String,
    },
}

impl From<StoreError> for NotLinked {
    fn from(error: StoreError) -> Self {
        Self::Unavailable { code: error.code().to_owned() }
    }
}

impl From<VaultError> for NotLinked {
    fn from(error: VaultError) -> Self {
        Self::Unavailable { code: error.code().to_owned() }
    }
}

impl From<NotGranted> for NotLinked {
    fn from(error: NotGranted) -> Self {
        match error {
            NotGranted::InvalidGrant => Self::NotHonoured,
            NotGranted::Refused(code) | NotGranted::Later { code, .. } => {
                Self::Unavailable { code: code.to_owned() }
            }
        }
    }
}

impl From<NotRegistered> for NotLinked {
    fn from(error: NotRegistered) -> Self {
        match error {
            NotRegistered::None => Self::Unavailable { code: "client".to_owned() },
            NotRegistered::Unavailable { code } => Self::Unavailable { code },
        }
    }
}

impl From<StoreError> for NotUnlinked {
    fn from(error: StoreError) -> Self {
        Self::Unavailable { code: error.code().to_owned() }
    }
}

impl From<VaultError> for NotUnlinked {
    fn from(error: VaultError) -> Self {
        Self::Unavailable { code: error.code().to_owned() }
    }
}

impl From<NoEntropy> for NotUnlinked {
    fn from(_: NoEntropy) -> Self {
        Self::Unavailable { code: "entropy".to_owned() }
    }
}

impl Linker {
    /// What came back from a service, at the address `redirect`. `state` and `browser` are what the request brought.
    pub async fn finish(
        &self,
        state: &OneTime,
        browser: Option<&OneTime>,
        callback: Callback<'_>,
        redirect: &Url,
    ) -> Result<Asked, NotLinked> {
        let now = self.clock.now();
        let asked = self.linkings.asked(&state.digest(), now).await?.ok_or(NotLinked::Unknown)?;
        let callback = Callback { browser: browser.map(OneTime::digest), ..callback };
        let issuer = spec(asked.begun.provider).issuer;
        // The judge has compared the two browsers, so there is one; anything else is refused all the same.
        let judged = callback::judge(&asked.begun, &callback, issuer, now);
        let browser = browser.ok_or(Refusal::OtherBrowser);
        if matches!(judged, Err(Refusal::OtherBrowser | Refusal::MixUp)) {
            // A stranger's request must not end what its owner has begun.
            judged?;
        }
        if !self.linkings.finish(&state.digest()).await? {
            return Err(NotLinked::Unknown);
        }
        let (code, verifier) = (judged?, Verifier::of(browser?, state));
        let provider = asked.wanted.provider;
        let registration = self.registrations.get(provider, now).await?;
        let granted = self.providers.exchange(provider, &registration, code, redirect, &verifier).await?;
        match self.accept(&asked.wanted, &registration, &granted).await {
            Ok(()) => Ok(asked),
            // To the service both are one consent: it would take back what the other user's link stands on. These tokens
            // are forgotten, and what the account allows us it has allowed already.
            Err(NotLinked::Taken) => Err(NotLinked::Taken),
            Err(error) => {
                // What we do not keep, we do not want to have been given. Nobody waits for it to work.
                let token = ends(provider, &granted.access, granted.refresh.as_ref());
                let _ = self.providers.revoke(provider, &registration, token).await;
                Err(error)
            }
        }
    }

    async fn accept(
        &self,
        wanted: &Wanted,
        registration: &Registration,
        granted: &Granted,
    ) -> Result<(), NotLinked> {
        let Wanted { user, provider, at: began, .. } = *wanted;
        if !allows(provider, &granted.scopes) {
            return Err(NotLinked::TooLittle);
        }
        let now = self.clock.now();
        let subject = match self.providers.identify(provider, registration, granted, now).await {
            Ok(subject) => subject,
            Err(NotKnown::Failed(failed)) => return Err(failed.into()),
            Err(NotKnown::Refused(_)) => return Err(NotLinked::NotHonoured),
        };
        let pending = self.claim(wanted, &subject, now).await?;
        let tokens = linked(subject, granted.clone(), now);
        let due_at = due(&tokens);
        self.keep(user, provider, tokens).await?;
        let done = pending.clone().stands(LinkStatus::Linked, due_at);
        // One who was erased right now: what was kept is in the erasure's second sweep.
        match self.links.put_begun(user, Some(&pending), done, began).await? {
            PutLink::Erased => Err(NotLinked::Erased),
            PutLink::Now(_) | PutLink::Taken | PutLink::Changed => Ok(()),
        }
    }

    /// The account is this user's, before anything of it is kept.
    async fn claim(&self, wanted: &Wanted, subject: &Subject, now: Timestamp) -> Result<Link, NotLinked> {
        let Wanted { user, provider, at: began, .. } = *wanted;
        let due_at = now.saturating_add(PENDING).ok();
        for _ in 0..TRIES {
            let seen = self.links.of(user).await?.into_iter().find(|link| link.provider == provider);
            let next = Link::new(provider, subject.clone(), due_at, now).stands(LinkStatus::Pending, due_at);
            match self.links.put_begun(user, seen.as_ref(), next, began).await? {
                PutLink::Now(link) => return Ok(link),
                PutLink::Taken => return Err(NotLinked::Taken),
                PutLink::Erased => return Err(NotLinked::Erased),
                PutLink::Changed => {}
            }
        }
        Err(NotLinked::Unavailable { code: "contended".to_owned() })
    }

    async fn keep(&self, user: UserId, provider: Provider, tokens: Tokens) -> Result<(), NotLinked> {
        for _ in 0..TRIES {
            let seen = self.vault.read(user).await?;
            let document = seen.as_ref().map(|seen| seen.document.clone()).unwrap_or_default();
            match self.vault.replace(user, seen.as_ref(), document.with(provider, tokens.clone())).await? {
                Replaced::Now(_) => return Ok(()),
                Replaced::Changed => {}
            }
        }
        Err(NotLinked::Unavailable { code: "contended".to_owned() })
    }

    /// Takes an account back: the service is told first, then its tokens are forgotten, then the link. With `force` the
    /// tokens go even if the service cannot be told, as when everything of a user is erased.
    pub async fn unlink(&self, user: UserId, provider: Provider, force: bool) -> Result<(), NotUnlinked> {
        let link = self.links.of(user).await?.into_iter().find(|link| link.provider == provider);
        let stored = self.vault.read(user).await?;
        if link.is_none() && stored.is_none_or(|stored| stored.document.tokens(provider).is_none()) {
            return Err(NotUnlinked::NotLinked);
        }
        // A refresh on its way would bring new tokens to what has just been revoked.
        let lease = self.lease(user).await?;
        let done = self.forget(user, provider, force).await;
        // One that is not given back ends by itself.
        drop(self.leases.release(lease).await);
        done?;
        match link {
            Some(link) if !self.links.remove(user, &link).await? => {
                Err(NotUnlinked::Unavailable { code: "contended".to_owned() })
            }
            _ => Ok(()),
        }
    }

    async fn forget(&self, user: UserId, provider: Provider, force: bool) -> Result<(), NotUnlinked> {
        for _ in 0..TRIES {
            let Some(seen) = self.vault.settle(user).await? else { return Ok(()) };
            let Some(tokens) = seen.document.tokens(provider) else {
                // The version before may still hold them, if somebody died right here.
                return Ok(self.vault.forget_previous(user).await?);
            };
            // Also a second time: a link that came between has other tokens.
            if let Err(code) = self.revoke(provider, tokens).await
                && !force
            {
                return Err(NotUnlinked::NotRevoked { code });
            }
            match self.vault.replace(user, Some(&seen), seen.document.without(provider)).await? {
                Replaced::Now(_) => return Ok(self.vault.forget_previous(user).await?),
                Replaced::Changed => {}
            }
        }
        Err(NotUnlinked::Unavailable { code: "contended".to_owned() })
    }

    async fn revoke(&self, provider: Provider, tokens: &Tokens) -> Result<(), &'static str> {
        let registration = match self.registrations.get(provider, self.clock.now()).await {
            Ok(registration) => registration,
            Err(NotRegistered::None) => return Err("client"),
            Err(NotRegistered::Unavailable { .. }) => return Err("client_secret"),
        };
        let renewed = match &tokens.refresh {
            Some(refresh) if by_access(provider) && !tokens.is_fresh(self.clock.now(), 0) => {
                match self.providers.refresh(provider, &registration, refresh).await {
                    Ok(granted) => Some(granted.access),
                    Err(NotGranted::InvalidGrant) => return Ok(()),
                    Err(NotGranted::Refused(code) | NotGranted::Later { code, .. }) => return Err(code),
                }
            }
            _ => None,
        };
        let token =
            renewed.as_ref().unwrap_or_else(|| ends(provider, &tokens.access, tokens.refresh.as_ref()));
        match self.providers.revoke(provider, &registration, token).await {
            Ok(_) | Err(NotGranted::InvalidGrant) => Ok(()),
            Err(NotGranted::Refused(code) | NotGranted::Later { code, .. }) => Err(code),
        }
    }

    async fn lease(&self, user: UserId) -> Result<TokenLease, NotUnlinked> {
        let holder = HEXLOWER.encode(&self.rng.bytes::<16>()?);
        match self.leases.take(user, &holder, self.clock.now()).await? {
            Taken::Mine(lease) => Ok(lease),
            Taken::Theirs { .. } => Err(NotUnlinked::Unavailable { code: "lease".to_owned() }),
        }
    }
}

/// Whether everything that is asked for was given. A service that does not say gave it (RFC 6749, section 5.1).
fn allows(provider: Provider, given: &[String]) -> bool {
    let has = |scope: &&str| given.iter().any(|one| one == scope);
    given.is_empty() || spec(provider).scopes.iter().all(has)
}

/// When tokens are to be refreshed: before they end. Those that never end never are.
pub fn due(tokens: &Tokens) -> Option<Timestamp> {
    let end = tokens.expires_at.filter(|_| tokens.refresh.is_some())?;
    Some(end.saturating_sub(SignedDuration::from_secs(MARGIN_S)).unwrap_or(Timestamp::MIN))
}

/// Whether a service takes an access token back, and no other: with it goes the refresh token. One that is over by itself
/// ends nothing.
const fn by_access(provider: Provider) -> bool {
    matches!(provider, Provider::Twitch)
}

/// The token whose revocation ends both.
fn ends<'a>(provider: Provider, access: &'a Secret, refresh: Option<&'a Secret>) -> &'a Secret {
    refresh.filter(|_| !by_access(provider)).unwrap_or(access)
}
