//! Rule: alarms leave through channels that an operator named, each kept in a secret of its own, and only to addresses that
//! can be such a channel (SPEC T18, T27, W30).
//! Threat: an address that leads into our own network, or a token that travels in the clear or stands in a log.
//! Refusal: the whole secret. An address is https, with no user name; Discord's and Slack's are at their own hosts; any
//! other is public, which is judged once more when its name is looked up. Nothing here shows an address or a key.

use core::fmt;
use core::str::FromStr;

use serde::Deserialize;
use serde_json::json;
use url::{Host, Url};

use super::public_address::is_public;
use super::secret::Secret;
use super::webhook::SigningKey;
use crate::discord::rest::IncomingWebhook;
use crate::domain::incident::{Label, Severity};

/// Names that mean something else: everybody, and the topics of the severities.
pub const EVERYBODY: &str = "everybody";
/// See [`EVERYBODY`].
pub const TOPIC_PREFIX: &str = "topic-";

/// The longest address that is one.
const URL_MAX: usize = 2048;
const SLACK_HOST: &str = "hooks.slack.com";

/// Where alarms go.
#[derive(Clone, Debug)]
pub struct AlertChannel {
    /// The least urgent that it is told of.
    pub from: Severity,
    /// Where.
    pub to: Destination,
}

/// A kind of channel and its address.
#[derive(Clone, Debug)]
pub enum Destination {
    /// An incoming webhook of Discord's; with buttons if our application owns it, since Discord takes them from no other.
    Discord {
        /// Where.
        webhook: IncomingWebhook,
        /// Whether its messages have buttons.
        buttons: bool,
    },
    /// An incoming webhook of Slack's.
    Slack(HookAddress),
    /// Somebody's own, signed by Standard Webhooks.
    Webhook {
        /// Where.
        address: HookAddress,
        /// What signs.
        key: SigningKey,
    },
}

/// Which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// Discord's.
    Discord,
    /// Slack's.
    Slack,
    /// Somebody's own.
    Webhook,
}

/// Whether http to an address of this machine is one: for tests and the local stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// It is.
    OnLoopback,
    /// It is not.
    Never,
}

/// An address with a token in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookAddress(Secret);

/// Why a secret is no channel. Says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAlertChannel {
    /// Not the JSON that it should be.
    #[error(
        "a channel's secret is {{\"kind\",\"url\"}} with \"from\", \"buttons\" (discord), \"signing\" (webhook)"
    )]
    Malformed,
    /// The address cannot be one of that kind.
    #[error("the address cannot be a channel of that kind")]
    Address,
    /// A webhook without a signing key, or with a bad one; or a key where none belongs.
    #[error("a webhook, and no other channel, has a signing key: whsec_ and the base64 of 24 to 64 bytes")]
    Signing,
    /// Only Discord's have buttons.
    #[error("only a channel of Discord's has buttons")]
    Buttons,
}

/// Not the name of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a channel's name is 1 to 48 of a-z, 0-9 and -, not \"everybody\", and does not begin with \"topic-\""
)]
pub struct BadChannelName;

/// What a secret says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    kind: ChannelKind,
    url: Secret,
    #[serde(default = "least")]
    from: Severity,
    #[serde(default)]
    buttons: bool,
    signing: Option<Secret>,
}

const fn least() -> Severity {
    Severity::P3
}

impl AlertChannel {
    /// Reads a secret.
    pub fn parse(value: &Secret, plain: Plain) -> Result<Self, BadAlertChannel> {
        let document: Document =
            serde_json::from_slice(value.expose()).map_err(|_| BadAlertChannel::Malformed)?;
        if document.buttons && document.kind != ChannelKind::Discord {
            return Err(BadAlertChannel::Buttons);
        }
        let key = document.signing.map(|text| SigningKey::parse(&text)).transpose();
        let key = key.map_err(|_| BadAlertChannel::Signing)?;
        let to = match (document.kind, key) {
            (ChannelKind::Discord, None) => Destination::Discord {
                webhook: IncomingWebhook::parse(&document.url).map_err(|_| BadAlertChannel::Address)?,
                buttons: document.buttons,
            },
            (ChannelKind::Slack, None) => Destination::Slack(HookAddress::of_slack(&document.url, plain)?),
            (ChannelKind::Webhook, Some(key)) => {
                Destination::Webhook { address: HookAddress::of_anybody(&document.url, plain)?, key }
            }
            (ChannelKind::Webhook, None) | (ChannelKind::Discord | ChannelKind::Slack, Some(_)) => {
                return Err(BadAlertChannel::Signing);
            }
        };
        Ok(Self { from: document.from, to })
    }

    /// The secret of a channel, for whoever makes one; it is not yet known to be one.
    pub fn document(
        kind: ChannelKind,
        url: &Secret,
        from: Severity,
        buttons: bool,
        signing: Option<&SigningKey>,
    ) -> Result<Secret, BadAlertChannel> {
        let text = |secret: &Secret| {
            core::str::from_utf8(secret.expose()).map(str::to_owned).map_err(|_| BadAlertChannel::Malformed)
        };
        let mut document = json!({ "kind": kind.as_str(), "url": text(url)?.trim(), "from": from });
        if buttons {
            document["buttons"] = true.into();
        }
        if let Some(key) = signing {
            document["signing"] = text(&key.to_text())?.into();
        }
        Ok(Secret::new(document.to_string()))
    }

    /// Whether it is told of what is so urgent.
    pub fn hears(&self, severity: Severity) -> bool {
        severity <= self.from
    }

    /// Which kind.
    pub const fn kind(&self) -> ChannelKind {
        match self.to {
            Destination::Discord { .. } => ChannelKind::Discord,
            Destination::Slack(_) => ChannelKind::Slack,
            Destination::Webhook { .. } => ChannelKind::Webhook,
        }
    }
}

impl HookAddress {
    /// The address, to be sent to and shown to nobody.
    pub fn url(&self) -> Option<Url> {
        core::str::from_utf8(self.0.expose()).ok()?.parse().ok()
    }

    fn of_slack(text: &Secret, plain: Plain) -> Result<Self, BadAlertChannel> {
        let is_slacks = |url: &Url| {
            url.scheme() == "https"
                && url.host() == Some(Host::Domain(SLACK_HOST))
                && url.port().is_none()
                && url.query().is_none()
                && url.path().starts_with("/services/")
        };
        Self::of(text, |url| is_slacks(url) || is_here(url, plain))
    }

    fn of_anybody(text: &Secret, plain: Plain) -> Result<Self, BadAlertChannel> {
        let is_good = |url: &Url| {
            url.scheme() == "https"
                && match url.host() {
                    Some(Host::Domain(name)) => name.contains('.'),
                    Some(Host::Ipv4(address)) => is_public(address.into()),
                    Some(Host::Ipv6(address)) => is_public(address.into()),
                    None => false,
                }
        };
        Self::of(text, |url| is_good(url) || is_here(url, plain))
    }

    fn of(text: &Secret, is_good: impl Fn(&Url) -> bool) -> Result<Self, BadAlertChannel> {
        let address = core::str::from_utf8(text.expose()).map_err(|_| BadAlertChannel::Address)?.trim();
        let url = Url::parse(address).map_err(|_| BadAlertChannel::Address)?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if is_bare && address.len() <= URL_MAX && is_good(&url) {
            Ok(Self(Secret::new(address)))
        } else {
            Err(BadAlertChannel::Address)
        }
    }
}

/// An address of this machine by its number: a name could be looked up differently later.
fn is_here(url: &Url, plain: Plain) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    here && plain == Plain::OnLoopback && matches!(url.scheme(), "http" | "https")
}

/// The name of a channel, which is also the end of its secret's.
pub fn channel_name(text: &str) -> Result<Label, BadChannelName> {
    let name: Label = text.parse().map_err(|_| BadChannelName)?;
    let taken = text == EVERYBODY || text.starts_with(TOPIC_PREFIX);
    if taken { Err(BadChannelName) } else { Ok(name) }
}

impl ChannelKind {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Webhook => "webhook",
        }
    }
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ChannelKind {
    type Err = BadAlertChannel;

    fn from_str(text: &str) -> Result<Self, BadAlertChannel> {
        [Self::Discord, Self::Slack, Self::Webhook]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(BadAlertChannel::Malformed)
    }
}

#[cfg(test)]
#[path = "alert_channel_tests.rs"]
mod tests;
