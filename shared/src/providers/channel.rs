//! Making it so that Twitch tells us what viewers do in a channel, or does not any more. Everything here may be done again:
//! what is there already is seen, and what was half done is made whole (SPEC P11).

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::answer::{ANSWER_MAX, NotGranted};
use super::client::{Providers, Said};
use super::eventsub::{
    HelixAsk, Malformed, NotAsked, Standing, Step, Subscription, Topic, create, delete, list, plan,
    read_created, read_list,
};
use super::registrations::{NotRegistered, Registrations};
use super::request::Registration;
use crate::clock::Clock;
use crate::domain::accounts::{Provider, Subject};
use crate::security::secret::Secret;

/// Pages that are read; a channel has a handful of subscriptions.
const PAGES_MAX: usize = 20;
/// A token of our own is used until so long before its end.
const MARGIN: SignedDuration = SignedDuration::from_secs(300);
/// The life of one whose end Twitch does not say.
const SHORT: SignedDuration = SignedDuration::from_hours(1);

/// Whether a channel shall be heard.
#[derive(Clone, Copy, Debug)]
pub enum Wish<'a> {
    /// It shall; notifications are signed with this secret.
    Heard(&'a Secret),
    /// It shall not.
    Left,
}

/// Why a channel is not as it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSo {
    /// Its streamer has not allowed us what it takes.
    #[error("the streamer's authorization does not reach so far")]
    MissingScopes,
    /// It may work later, or the operator has to mend something.
    #[error("Twitch's subscriptions could not be made: {code}")]
    Unavailable {
        /// For the log.
        code: &'static str,
    },
}

impl From<NotGranted> for NotSo {
    fn from(error: NotGranted) -> Self {
        match error {
            NotGranted::InvalidGrant => Self::Unavailable { code: "client" },
            NotGranted::Refused(code) | NotGranted::Later { code, .. } => Self::Unavailable { code },
        }
    }
}

impl From<Malformed> for NotSo {
    fn from(_: Malformed) -> Self {
        Self::Unavailable { code: "malformed" }
    }
}

/// How a call went that was understood.
enum Called {
    Done(Vec<u8>),
    /// Twitch does not take our token.
    Unauthorized,
    /// The streamer has not allowed it.
    Forbidden,
    /// It is there already.
    There,
    /// It is not there.
    Gone,
}

/// Twitch's subscriptions of one deployment: all are sent to one address.
#[derive(Debug)]
pub struct EventSub {
    providers: Providers,
    registrations: Arc<Registrations>,
    clock: Clock,
    callback: Url,
    token: Mutex<Option<(Secret, Timestamp)>>,
}

impl EventSub {
    /// Sent to this address.
    pub const fn new(
        providers: Providers,
        registrations: Arc<Registrations>,
        clock: Clock,
        callback: Url,
    ) -> Self {
        Self { providers, registrations, clock, callback, token: Mutex::new(None) }
    }

    /// Makes it so. The answer says how the least of the subscriptions stands; one of none is [`Standing::Enabled`].
    pub async fn settle(&self, broadcaster: &Subject, wish: Wish<'_>) -> Result<Standing, NotSo> {
        let registration = self.registrations.get(Provider::Twitch, self.clock.now()).await;
        let registration = registration.map_err(|error| match error {
            NotRegistered::None => NotSo::Unavailable { code: "client" },
            NotRegistered::Unavailable { .. } => NotSo::Unavailable { code: "client_secret" },
        })?;
        let existing = self.existing(&registration, broadcaster).await?;
        let wanted = match wish {
            Wish::Heard(_) => &Topic::ALL[..],
            Wish::Left => &[],
        };
        let mut standing = Standing::Enabled;
        for step in plan(&existing, wanted, broadcaster, &self.callback, self.clock.now()) {
            match (step, wish) {
                (Step::Delete(id), _) => {
                    let ask = delete(&id, self.base()).map_err(NotAsked::from)?;
                    self.call(&registration, ask).await?;
                }
                (Step::Create(topic), Wish::Heard(secret)) => {
                    let ask = create(topic, broadcaster, &self.callback, secret, self.base())?;
                    let made = match self.call(&registration, ask).await? {
                        Called::Done(body) => read_created(&body)?,
                        // Somebody else makes the same at this moment, or the list was a little old.
                        Called::There => Standing::Pending,
                        Called::Forbidden => return Err(NotSo::MissingScopes),
                        Called::Gone | Called::Unauthorized => return Err(refused()),
                    };
                    standing = if made == Standing::Enabled { standing } else { Standing::Pending };
                }
                // Nothing is made for what is to be left.
                (Step::Create(_), Wish::Left) => {}
            }
        }
        let waits = |one: &Subscription| {
            one.standing == Standing::Pending
                && one.is_ours(broadcaster, &self.callback)
                && !wanted.is_empty()
        };
        Ok(if existing.iter().any(waits) { Standing::Pending } else { standing })
    }

    async fn existing(
        &self,
        registration: &Registration,
        broadcaster: &Subject,
    ) -> Result<Vec<Subscription>, NotSo> {
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let ask = list(broadcaster, after.as_deref(), self.base()).map_err(NotAsked::from)?;
            let Called::Done(body) = self.call(registration, ask).await? else { return Err(refused()) };
            let page = read_list(&body)?;
            all.extend(page.subscriptions);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
        Err(NotSo::Unavailable { code: "too_many" })
    }

    /// A call with our token, and once more with a new one if Twitch does not take it any more.
    async fn call(&self, registration: &Registration, ask: HelixAsk) -> Result<Called, NotSo> {
        let access = self.access(registration).await?;
        let said = self.providers.helix(ask.clone(), &registration.client, &access).await?;
        match read(said)? {
            Called::Unauthorized => {}
            called => return Ok(called),
        }
        self.forget(&access);
        let access = self.access(registration).await?;
        match read(self.providers.helix(ask, &registration.client, &access).await?)? {
            Called::Unauthorized => Err(NotSo::Unavailable { code: "unauthorized" }),
            called => Ok(called),
        }
    }

    async fn access(&self, registration: &Registration) -> Result<Secret, NotSo> {
        let now = self.clock.now();
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((access, _)) = kept.filter(|(_, until)| now < *until) {
            return Ok(access);
        }
        let granted = self.providers.app_token(Provider::Twitch, registration).await?;
        let life = granted.expires_in.and_then(|life| SignedDuration::try_from(life).ok()).unwrap_or(SHORT);
        let until = now.saturating_add(life).and_then(|end| end.saturating_sub(MARGIN)).unwrap_or(now);
        let kept = (granted.access.clone(), until);
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(granted.access)
    }

    /// Forgets this token; one that somebody else has fetched meanwhile stays.
    fn forget(&self, access: &Secret) {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|(own, _)| own == access) {
            *kept = None;
        }
    }

    fn base(&self) -> Option<&Url> {
        self.providers.bases().of(Provider::Twitch)
    }
}

impl From<NotAsked> for NotSo {
    fn from(error: NotAsked) -> Self {
        match error {
            NotAsked::Endpoint(_) => Self::Unavailable { code: "endpoint" },
            NotAsked::Secret => Self::Unavailable { code: "webhook_secret" },
        }
    }
}

const fn refused() -> NotSo {
    NotSo::Unavailable { code: "request" }
}

fn read(said: Said) -> Result<Called, NotSo> {
    let later = |code| Err(NotSo::Unavailable { code });
    match said.status {
        _ if said.body.len() > ANSWER_MAX => later("too_large"),
        200 | 202 | 204 => Ok(Called::Done(said.body)),
        401 => Ok(Called::Unauthorized),
        403 => Ok(Called::Forbidden),
        404 => Ok(Called::Gone),
        409 => Ok(Called::There),
        429 => later("rate_limited"),
        500.. => later("status_5xx"),
        _ => later("request"),
    }
}

#[cfg(test)]
#[path = "channel_tests.rs"]
mod tests;
