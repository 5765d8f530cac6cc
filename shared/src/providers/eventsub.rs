//! What Twitch is told to tell us: subscriptions of `EventSub` over a webhook
//! (<https://dev.twitch.tv/docs/eventsub/manage-subscriptions/>,
//! <https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription>). Pure: what is asked, what an answer means,
//! and what is missing or too much ([`plan`]).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::authorize::{BadEndpoint, endpoint};
use crate::domain::accounts::Subject;
use crate::security::secret::Secret;

const SUBSCRIPTIONS: &str = "https://api.twitch.tv/helix/eventsub/subscriptions";
/// What Twitch takes as a secret: 10 to 100 ASCII characters.
const SECRET: core::ops::RangeInclusive<usize> = 10..=100;
/// Longest id of a subscription, or mark of a page, that is believed.
const TEXT_MAX: usize = 512;
/// A subscription that is older is made anew: it signs with the secret of its own day, and two secrets verify at a time
/// only while one is being changed (SPEC W21).
pub const RENEW_AFTER: SignedDuration = SignedDuration::from_hours(24 * 3);

/// What a song request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Somebody redeemed channel points. Scope `channel:read:redemptions` of the broadcaster.
    Redemption,
    /// Somebody wrote in the chat, which is read as the broadcaster. With an app token: `user:read:chat` and `user:bot` of
    /// who reads, `channel:bot` of the broadcaster.
    Chat,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Redemption, Self::Chat];

    /// The subscription's type; all are version 1.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Redemption => "channel.channel_points_custom_reward_redemption.add",
            Self::Chat => "channel.chat.message",
        }
    }
}

/// A call. Its address holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelixAsk {
    /// Where to.
    pub url: Url,
    /// How.
    pub method: HelixMethod,
}

/// How Twitch is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HelixMethod {
    /// To show something.
    Get,
    /// To do something; the body is JSON and may hold a secret.
    Post(Secret),
    /// To end something.
    Delete,
}

/// Why there is nothing to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// A base address that is none.
    #[error(transparent)]
    Endpoint(#[from] BadEndpoint),
    /// The webhook's secret is not 10 to 100 ASCII characters.
    #[error("Twitch takes no such secret")]
    Secret,
}

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is heard.
    Enabled,
    /// Twitch asks our address whether it wants it.
    Pending,
    /// It has ended, for whatever reason.
    Ended,
}

/// A subscription as Twitch lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// What it is about; `None`: nothing of ours.
    pub topic: Option<Topic>,
    /// Whose channel.
    pub broadcaster: Option<String>,
    /// Where it is sent; `None`: to no webhook.
    pub callback: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Since when.
    pub created_at: Timestamp,
}

impl Subscription {
    /// Whether it tells this deployment what a song request takes, of this broadcaster.
    pub fn is_ours(&self, broadcaster: &Subject, callback: &Url) -> bool {
        self.callback.as_deref() == Some(callback.as_str())
            && self.broadcaster.as_deref() == Some(broadcaster.as_str())
            && self.topic.is_some()
    }
}

/// A page of subscriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionPage {
    /// What is on it.
    pub subscriptions: Vec<Subscription>,
    /// Where the next one begins.
    pub next: Option<String>,
}

/// What is to be done so that a channel is heard, or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ends one, by its id.
    Delete(String),
    /// Makes one.
    Create(Topic),
}

/// The answer is not as documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Twitch's answer does not read as subscriptions")]
pub struct Malformed;

/// What shows the subscriptions that are about this user, from a mark on.
pub fn list(broadcaster: &Subject, after: Option<&str>, base: Option<&Url>) -> Result<HelixAsk, BadEndpoint> {
    let mut url = endpoint(SUBSCRIPTIONS, base)?;
    let mut query = url.query_pairs_mut();
    query.append_pair("user_id", broadcaster.as_str());
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    drop(query);
    Ok(HelixAsk { url, method: HelixMethod::Get })
}

/// What makes one.
pub fn create(
    topic: Topic,
    broadcaster: &Subject,
    callback: &Url,
    secret: &Secret,
    base: Option<&Url>,
) -> Result<HelixAsk, NotAsked> {
    let text = core::str::from_utf8(secret.expose()).map_err(|_| NotAsked::Secret)?;
    if !SECRET.contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(NotAsked::Secret);
    }
    let body = Wanted {
        r#type: topic.kind(),
        version: "1",
        condition: Condition {
            broadcaster_user_id: broadcaster.as_str(),
            user_id: (topic == Topic::Chat).then(|| broadcaster.as_str()),
        },
        transport: Transport { method: "webhook", callback: callback.as_str(), secret: text },
    };
    let body = serde_json::to_vec(&body).map_err(|_| NotAsked::Secret)?;
    Ok(HelixAsk { url: endpoint(SUBSCRIPTIONS, base)?, method: HelixMethod::Post(Secret::new(body)) })
}

/// What ends one.
pub fn delete(id: &str, base: Option<&Url>) -> Result<HelixAsk, BadEndpoint> {
    let mut url = endpoint(SUBSCRIPTIONS, base)?;
    url.query_pairs_mut().append_pair("id", id);
    Ok(HelixAsk { url, method: HelixMethod::Delete })
}

/// Reads a list.
pub fn read_list(body: &[u8]) -> Result<SubscriptionPage, Malformed> {
    let listed: Listed = serde_json::from_slice(body).map_err(|_| Malformed)?;
    let subscriptions = listed.data.into_iter().map(Told::read).collect::<Result<_, _>>()?;
    let next = listed.pagination.and_then(|pagination| pagination.cursor);
    let next = next.filter(|cursor| !cursor.is_empty());
    if next.as_ref().is_some_and(|cursor| cursor.len() > TEXT_MAX) {
        return Err(Malformed);
    }
    Ok(SubscriptionPage { subscriptions, next })
}

/// How one stands that was just made.
pub fn read_created(body: &[u8]) -> Result<Standing, Malformed> {
    let page = read_list(body)?;
    page.subscriptions.first().map(|made| made.standing).ok_or(Malformed)
}

/// What is missing and what is too much, given everything that there is about a broadcaster. What another deployment hears
/// at another address is left alone. What ends comes before what is made: Twitch takes no second one of a kind.
pub fn plan(
    existing: &[Subscription],
    wanted: &[Topic],
    broadcaster: &Subject,
    callback: &Url,
    now: Timestamp,
) -> Vec<Step> {
    let mut kept: Vec<Topic> = Vec::new();
    let mut steps = Vec::new();
    for one in existing.iter().filter(|one| one.is_ours(broadcaster, callback)) {
        let young = now.duration_since(one.created_at) < RENEW_AFTER;
        let alive = one.standing != Standing::Ended && young;
        match one.topic.filter(|topic| alive && wanted.contains(topic) && !kept.contains(topic)) {
            Some(topic) => kept.push(topic),
            None => steps.push(Step::Delete(one.id.clone())),
        }
    }
    steps.extend(wanted.iter().filter(|topic| !kept.contains(topic)).copied().map(Step::Create));
    steps
}

#[derive(Serialize)]
struct Wanted<'a> {
    r#type: &'a str,
    version: &'a str,
    condition: Condition<'a>,
    transport: Transport<'a>,
}

#[derive(Serialize)]
struct Condition<'a> {
    broadcaster_user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Transport<'a> {
    method: &'a str,
    callback: &'a str,
    secret: &'a str,
}

#[derive(Deserialize)]
struct Listed {
    data: Vec<Told>,
    #[serde(default)]
    pagination: Option<Pagination>,
}

#[derive(Deserialize)]
struct Pagination {
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    id: String,
    status: String,
    r#type: String,
    condition: ToldCondition,
    created_at: Timestamp,
    transport: ToldTransport,
}

/// Other types have other conditions.
#[derive(Deserialize)]
struct ToldCondition {
    #[serde(default)]
    broadcaster_user_id: Option<String>,
}

#[derive(Deserialize)]
struct ToldTransport {
    method: String,
    #[serde(default)]
    callback: Option<String>,
}

impl Told {
    fn read(self) -> Result<Subscription, Malformed> {
        let fits =
            (1..=TEXT_MAX).contains(&self.id.len()) && self.id.bytes().all(|byte| byte.is_ascii_graphic());
        let standing = match self.status.as_str() {
            "enabled" => Standing::Enabled,
            "webhook_callback_verification_pending" => Standing::Pending,
            _ => Standing::Ended,
        };
        let subscription = Subscription {
            topic: Topic::ALL.into_iter().find(|topic| topic.kind() == self.r#type),
            broadcaster: self.condition.broadcaster_user_id,
            callback: self.transport.callback.filter(|_| self.transport.method == "webhook"),
            standing,
            created_at: self.created_at,
            id: self.id,
        };
        if fits { Ok(subscription) } else { Err(Malformed) }
    }
}

#[cfg(test)]
#[path = "eventsub_tests.rs"]
mod tests;
