//! A body whose sender is known. There is no other way to make one than to verify it, so that nothing unsigned is parsed.

use jiff::{SignedDuration, Timestamp};
use shared::http_event::HttpEvent;
use shared::security::signature;
use shared::security::webhook::{self, Delivery, Refusal, WebhookKeys, WebhookSource};
use shared::store::deliveries;

use crate::app::App;

/// How long a delivery of Discord's is remembered: it tries again for ten minutes, and what it signed is fresh for six.
const DISCORD_MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// A signed body.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    body: &'a [u8],
    delivery: Delivery,
}

/// Why a sender is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It could not prove who it is.
    Refused(Refusal),
    /// We have no usable secret to verify with.
    Unconfigured,
    /// Secrets Manager does not answer.
    Unavailable,
}

impl Known<'_> {
    /// The bytes that were signed.
    pub(crate) const fn body(&self) -> &[u8] {
        self.body
    }

    /// What tells it from others of its sender.
    pub(crate) const fn delivery(&self) -> &Delivery {
        &self.delivery
    }
}

/// Makes sure that `source` sent this.
pub(crate) async fn verify<'a>(
    app: &App,
    source: WebhookSource,
    request: &'a HttpEvent,
    now: Timestamp,
) -> Result<Known<'a>, Unknown> {
    let Some(scheme) = source.scheme() else {
        let verified = signature::verify(request, &app.discord_keys, now).map_err(Unknown::Refused)?;
        // Discord signs each try anew, over the same body.
        return Ok(Known { body: verified.body(), delivery: Delivery::of(&[verified.body()]) });
    };
    let keys = keys(app, source, now).await?;
    let signed = webhook::verify(scheme, request, &keys, now).map_err(Unknown::Refused)?;
    Ok(Known { body: signed.body(), delivery: signed.delivery().clone() })
}

/// The secrets of a source. None, an empty one and nonsense are all an error, and never "verified" (SPEC W18, W21).
pub(crate) async fn keys(app: &App, source: WebhookSource, now: Timestamp) -> Result<WebhookKeys, Unknown> {
    match app.logbook.secrets().kept_text(&app.secret(source.code()), now).await {
        Ok(text) => WebhookKeys::parse(&text, now).map_err(|_| Unknown::Unconfigured),
        Err(error) if error.is_definite() => Err(Unknown::Unconfigured),
        Err(_) => Err(Unknown::Unavailable),
    }
}

/// How long what a source sends is remembered.
pub(crate) fn memory(source: WebhookSource) -> SignedDuration {
    source.scheme().map_or(DISCORD_MEMORY, deliveries::memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_remembered_longer_than_it_can_come_again() {
        for source in WebhookSource::ALL {
            assert!(memory(source) >= SignedDuration::from_hours(24), "{source}");
        }
    }
}
