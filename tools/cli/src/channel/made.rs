//! What a new channel leads to.

use anyhow::{Context as _, Result};
use aws_config::SdkConfig;
use shared::clock::Rng;
use shared::discord::rest::{ApiBase, BotRest, DiscordRest, Patience};
use shared::ids::ChannelId;
use shared::secrets::AppSecrets;
use shared::security::alert_channel::ChannelKind;
use shared::security::secret::Secret;

/// What Discord shows as the author of the messages.
const NAME: &str = "TimmyBot alarms";
/// Who asks, as Discord wants to know it.
const HOME: &str = "https://github.com/timmybot/timmybot";

/// An address that was given or made.
#[derive(Debug)]
pub(super) enum Wanted {
    Discord { url: Secret, buttons: bool },
    Slack(Secret),
    Webhook(Secret),
}

impl Wanted {
    pub(super) const fn kind(&self) -> ChannelKind {
        match self {
            Self::Discord { .. } => ChannelKind::Discord,
            Self::Slack(_) => ChannelKind::Slack,
            Self::Webhook(_) => ChannelKind::Webhook,
        }
    }

    pub(super) const fn url(&self) -> &Secret {
        match self {
            Self::Discord { url, .. } | Self::Slack(url) | Self::Webhook(url) => url,
        }
    }

    pub(super) const fn buttons(&self) -> bool {
        matches!(self, Self::Discord { buttons: true, .. })
    }
}

/// Has the bot make a webhook of its own; `base` is another address than Discord's own.
pub(super) async fn by_the_bot(
    sdk: &SdkConfig,
    secret_prefix: &str,
    base: Option<ApiBase>,
    channel: ChannelId,
) -> Result<Secret> {
    let token = AppSecrets::new(sdk).text(&format!("{secret_prefix}/bot-token")).await;
    let token = token.context("reading the bot's token")?;
    let base = base.unwrap_or_else(ApiBase::discord);
    let rest = DiscordRest::new(base, HOME, Patience::STANDARD, Rng::system())?;
    let made = BotRest::new(rest, &token)?.create_webhook(channel, NAME).await;
    made.context("making a webhook there: the bot needs the right \"Manage Webhooks\" in that channel")
}
