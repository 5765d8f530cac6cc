//! What the voice worker asks of Discord with the bot's token.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Request};
use serde::{Deserialize, Serialize};
use url::Url;

use super::buckets::Buckets;
use super::upload::{self, AttachedFile};
use super::{DiscordRest, Repeat, RestError};
use crate::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::security::secret::Secret;

/// Longest text under a voice channel's name, in characters
/// (<https://discord.com/developers/docs/resources/channel>: "Set Voice Channel Status").
const STATUS_MAX: usize = 500;

/// The client. Cheap to clone; clones share what they know about rate limits.
#[derive(Clone, Debug)]
pub struct BotRest {
    rest: DiscordRest,
    authorization: HeaderValue,
    buckets: Buckets,
}

/// The token is not one that fits into a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bot token is malformed")]
pub struct BadToken;

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The message.
    #[serde(rename = "id")]
    pub message: MessageId,
    /// Its channel.
    #[serde(rename = "channel_id")]
    pub channel: ChannelId,
}

#[derive(Deserialize)]
struct VoiceState {
    channel_id: Option<ChannelId>,
}

#[derive(Serialize)]
struct Status {
    status: String,
}

#[derive(Serialize)]
struct NewWebhook<'a> {
    name: &'a str,
}

#[derive(Deserialize)]
struct MadeWebhook {
    id: String,
    token: Secret,
}

impl Posted {
    /// From a message object; anything else is a fault of Discord's.
    pub(super) fn read(body: &[u8]) -> Result<Self, RestError> {
        serde_json::from_slice(body).map_err(|_| RestError::GaveUp { cause: "answer" })
    }
}

impl BotRest {
    /// Asks as the bot of this token.
    pub fn new(rest: DiscordRest, token: &Secret) -> Result<Self, BadToken> {
        let bytes = [b"Bot ", token.expose()].concat();
        let mut authorization = HeaderValue::from_bytes(&bytes).map_err(|_| BadToken)?;
        authorization.set_sensitive(true);
        Ok(Self { rest, authorization, buckets: Buckets::default() })
    }

    /// Says something in a channel. After an attempt whose outcome is unknown it is not said again.
    pub async fn create_message<B: Serialize + Sync>(
        &self,
        channel: ChannelId,
        body: &B,
    ) -> Result<Posted, RestError> {
        let path = ["channels", &channel.to_string(), "messages"];
        Posted::read(&self.ask(Method::POST, &path, Some(body), Repeat::Doubles).await?)
    }

    /// Replaces a message of ours.
    pub async fn edit_message<B: Serialize + Sync>(&self, at: Posted, body: &B) -> Result<(), RestError> {
        let (channel, message) = (at.channel.to_string(), at.message.to_string());
        let path = ["channels", &channel, "messages", &message];
        self.ask(Method::PATCH, &path, Some(body), Repeat::Harmless).await.map(drop)
    }

    /// Replaces a message of ours and sends a picture along, which takes the place of the files that it had; where the
    /// picture is from then on. The body names it as `attachment://` and its file name
    /// (<https://discord.com/developers/docs/reference>: "Uploading Files").
    pub async fn edit_message_with<B: Serialize + Sync>(
        &self,
        at: Posted,
        body: &B,
        picture: AttachedFile<'_>,
    ) -> Result<Option<String>, RestError> {
        let (channel, message) = (at.channel.to_string(), at.message.to_string());
        let path = ["channels", &channel, "messages", &message];
        let body = upload::form(body, picture).await?;
        let answer = self.send(Method::PATCH, &path, Repeat::Harmless, |rest, method, url| {
            body.request(&rest.http, method, url)
        });
        Ok(upload::first_url(&answer.await?))
    }

    /// Takes a message of ours away.
    pub async fn delete_message(&self, at: Posted) -> Result<(), RestError> {
        let (channel, message) = (at.channel.to_string(), at.message.to_string());
        let path = ["channels", &channel, "messages", &message];
        self.ask::<()>(Method::DELETE, &path, None, Repeat::Harmless).await.map(drop)
    }

    /// The voice channel that somebody is in, where the gateway has not told us.
    pub async fn voice_channel(&self, guild: GuildId, user: UserId) -> Result<Option<ChannelId>, RestError> {
        let path = ["guilds", &guild.to_string(), "voice-states", &user.to_string()];
        let body = match self.ask::<()>(Method::GET, &path, None, Repeat::Harmless).await {
            Err(RestError::Gone) => return Ok(None),
            answer => answer?,
        };
        let state: VoiceState =
            serde_json::from_slice(&body).map_err(|_| RestError::GaveUp { cause: "answer" })?;
        Ok(state.channel_id)
    }

    /// Sets the text under a voice channel's name; `None` takes it away. It pings nobody and shows no markdown.
    pub async fn set_voice_status(&self, channel: ChannelId, text: Option<&str>) -> Result<(), RestError> {
        let path = ["channels", &channel.to_string(), "voice-status"];
        let status = text.unwrap_or_default().chars().take(STATUS_MAX).collect();
        self.ask(Method::PUT, &path, Some(&Status { status }), Repeat::Harmless).await.map(drop)
    }

    /// Makes an incoming webhook of a channel; its address, with its token in it. Our application owns it, so its messages
    /// may have buttons. After an attempt whose outcome is unknown it is not made again.
    pub async fn create_webhook(&self, channel: ChannelId, name: &str) -> Result<Secret, RestError> {
        let path = ["channels", &channel.to_string(), "webhooks"];
        let body = self.ask(Method::POST, &path, Some(&NewWebhook { name }), Repeat::Doubles).await?;
        let made: MadeWebhook =
            serde_json::from_slice(&body).map_err(|_| RestError::GaveUp { cause: "answer" })?;
        let start = format!("https://discord.com/api/webhooks/{}/", made.id);
        Ok(Secret::new([start.as_bytes(), made.token.expose()].concat()))
    }

    async fn ask<B: Serialize + Sync>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&B>,
        repeat: Repeat,
    ) -> Result<Vec<u8>, RestError> {
        self.send(method, path, repeat, |rest, method, url| rest.request(method, url, body)).await
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        repeat: Repeat,
        build: impl FnOnce(&DiscordRest, Method, Url) -> Result<Request, RestError>,
    ) -> Result<Vec<u8>, RestError> {
        let refused = RestError::Refused { status: 0, code: 0 };
        let url = self.rest.base.route(path).ok_or(refused)?;
        let bucket = Buckets::key(&method, path);
        self.buckets.wait(&bucket, self.rest.patience.total).await?;
        let mut request = build(&self.rest, method, url)?;
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        let spent = |headers: &reqwest::header::HeaderMap| self.buckets.learn(&bucket, headers);
        self.rest.send_seeing(request, repeat, &spent).await
    }
}
