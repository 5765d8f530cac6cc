//! What Twitch remembers of `EventSub`: subscriptions, and the tokens that clients have of their own. Pure: the time and
//! fresh texts are arguments (<https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription>).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long a client's own token lives, about (<https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/>).
pub(in crate::accounts) const TOKEN_LIFE: Duration = Duration::from_hours(24 * 58);
/// What a client may use as a secret.
const SECRET: std::ops::RangeInclusive<usize> = 10..=100;
/// Subscriptions on one page.
const PAGE: usize = 100;

/// The types that can be subscribed here: their condition, and what the broadcaster has to have allowed.
const TYPES: [(&str, &[&str], &[&str]); 2] = [
    (
        "channel.channel_points_custom_reward_redemption.add",
        &["broadcaster_user_id"],
        &["channel:read:redemptions"],
    ),
    (
        "channel.chat.message",
        &["broadcaster_user_id", "user_id"],
        &["channel:bot", "user:bot", "user:read:chat"],
    ),
];

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// It is sent.
    Enabled,
    /// Its address is being asked.
    WebhookCallbackVerificationPending,
    /// Its address did not want it.
    WebhookCallbackVerificationFailed,
    /// Its address failed too often.
    NotificationFailuresExceeded,
    /// The broadcaster took back what they had allowed.
    AuthorizationRevoked,
}

/// A subscription, as its client sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// How it stands.
    pub status: SubscriptionStatus,
    /// What it is about.
    pub r#type: String,
    /// Of which version of that.
    pub version: String,
    /// Whose channel, and as whom it is read.
    pub condition: BTreeMap<String, String>,
    /// Where it is sent.
    pub transport: Transport,
    /// Since when.
    pub created_at: Timestamp,
    /// What it counts.
    pub cost: u32,
    #[serde(skip)]
    pub(super) client: String,
    #[serde(skip)]
    pub(super) secret: String,
}

/// Where a subscription is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transport {
    method: &'static str,
    /// The address.
    pub callback: String,
}

/// What a client wants.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Wanted {
    r#type: String,
    version: String,
    condition: BTreeMap<String, String>,
    transport: WantedTransport,
}

#[derive(Clone, Debug, Deserialize)]
struct WantedTransport {
    method: String,
    #[serde(default)]
    callback: String,
    #[serde(default)]
    secret: String,
}

/// Why there is no subscription, as Twitch words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Bad(&'static str),
    Forbidden,
    Conflict,
}

/// What a list is about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Filter<'a> {
    pub(super) status: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
    pub(super) user: Option<&'a str>,
    pub(super) after: usize,
}

/// All of it.
#[derive(Debug, Default)]
pub(in crate::accounts) struct EventSubBook {
    tokens: BTreeMap<String, (String, Timestamp)>,
    subscriptions: Vec<Subscription>,
}

impl EventSubBook {
    /// A client has this token of its own now.
    pub(in crate::accounts) fn give(&mut self, token: &str, client: &str, now: Timestamp) {
        let until = now.saturating_add(TOKEN_LIFE).unwrap_or(Timestamp::MAX);
        self.tokens.insert(token.to_owned(), (client.to_owned(), until));
    }

    /// Tokens that were given so far become older by so much.
    pub(in crate::accounts) fn age(&mut self, by: Duration) {
        for (_, until) in self.tokens.values_mut() {
            *until = until.saturating_sub(by).unwrap_or(Timestamp::MIN);
        }
    }

    /// Whose a living token is.
    pub(super) fn client(&self, token: &str, now: Timestamp) -> Option<&str> {
        self.tokens.get(token).filter(|(_, until)| now < *until).map(|(client, _)| client.as_str())
    }

    /// Makes one. `allowed` says whether a user has allowed the client this scope.
    pub(super) fn create(
        &mut self,
        client: &str,
        wanted: Wanted,
        id: String,
        now: Timestamp,
        allowed: impl Fn(&str, &str) -> bool,
    ) -> Result<Subscription, Refused> {
        let Wanted { r#type, version, condition, transport } = wanted;
        let known = TYPES.iter().find(|(name, ..)| *name == r#type).filter(|_| version == "1");
        let (_, fields, scopes) = known.ok_or(Refused::Bad("invalid subscription type and version"))?;
        if !condition.keys().map(String::as_str).eq(fields.iter().copied()) {
            return Err(Refused::Bad("missing or unparseable subscription condition"));
        }
        if transport.method != "webhook" || !transport.callback.starts_with("http") {
            return Err(Refused::Bad("invalid transport"));
        }
        if !SECRET.contains(&transport.secret.len()) || !transport.secret.is_ascii() {
            return Err(Refused::Bad("secret must be between 10 and 100 ASCII characters"));
        }
        if !condition.values().all(|user| scopes.iter().all(|scope| allowed(user, scope))) {
            return Err(Refused::Forbidden);
        }
        let same = |one: &&Subscription| {
            one.client == client
                && one.r#type == r#type
                && one.condition == condition
                && one.transport.callback == transport.callback
                && one.is_alive()
        };
        if self.subscriptions.iter().any(|one| same(&one)) {
            return Err(Refused::Conflict);
        }
        let made = Subscription {
            id,
            status: SubscriptionStatus::WebhookCallbackVerificationPending,
            r#type,
            version,
            condition,
            transport: Transport { method: "webhook", callback: transport.callback },
            created_at: now,
            cost: 0,
            client: client.to_owned(),
            secret: transport.secret,
        };
        self.subscriptions.push(made.clone());
        Ok(made)
    }

    /// A page of a client's subscriptions, and where the next one begins.
    pub(super) fn list(
        &self,
        client: &str,
        filter: Filter<'_>,
    ) -> (Vec<&Subscription>, usize, Option<usize>) {
        let fits = |one: &&Subscription| {
            one.client == client
                && filter.status.is_none_or(|status| json!(one.status) == status)
                && filter.kind.is_none_or(|kind| one.r#type == kind)
                && filter.user.is_none_or(|user| one.condition.values().any(|own| own == user))
        };
        let all: Vec<_> = self.subscriptions.iter().filter(fits).collect();
        let (total, end) = (all.len(), filter.after.saturating_add(PAGE));
        let page = all.into_iter().skip(filter.after).take(PAGE).collect();
        (page, total, (end < total).then_some(end))
    }

    /// Ends one of a client's. Whether there was one.
    pub(super) fn delete(&mut self, client: &str, id: &str) -> bool {
        let before = self.subscriptions.len();
        self.subscriptions.retain(|one| one.client != client || one.id != id);
        self.subscriptions.len() < before
    }

    /// How one stands from now on, if it still is there and was so.
    pub(super) fn stands(&mut self, id: &str, was: SubscriptionStatus, is: SubscriptionStatus) -> bool {
        let found = self.subscriptions.iter_mut().find(|one| one.id == id && one.status == was);
        found.map(|one| one.status = is).is_some()
    }

    /// Those that are sent what happens in a channel.
    pub(super) fn listening(&self, kind: &str, broadcaster: &str) -> Vec<Subscription> {
        let of =
            |one: &&Subscription| one.status == SubscriptionStatus::Enabled && one.is_of(kind, broadcaster);
        self.subscriptions.iter().filter(of).cloned().collect()
    }

    /// A broadcaster took back what they allowed a client: what lived of it ends.
    pub(super) fn revoke(&mut self, client: &str, user: &str) -> Vec<Subscription> {
        let mut ended = Vec::new();
        for one in &mut self.subscriptions {
            if one.client == client && one.is_alive() && one.condition.values().any(|own| own == user) {
                one.status = SubscriptionStatus::AuthorizationRevoked;
                ended.push(one.clone());
            }
        }
        ended
    }

    /// Everything.
    pub(super) fn all(&self) -> &[Subscription] {
        &self.subscriptions
    }
}

impl Subscription {
    fn is_alive(&self) -> bool {
        use SubscriptionStatus::{Enabled, WebhookCallbackVerificationPending};
        matches!(self.status, Enabled | WebhookCallbackVerificationPending)
    }

    fn is_of(&self, kind: &str, broadcaster: &str) -> bool {
        self.r#type == kind && self.condition.get("broadcaster_user_id").is_some_and(|own| own == broadcaster)
    }

    /// As it stands in lists and in messages.
    pub(super) fn view(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn wanted(kind: &str, condition: &Value) -> Wanted {
        let transport =
            json!({ "method": "webhook", "callback": "http://127.0.0.1:1/w", "secret": "0123456789" });
        let wanted = json!({ "type": kind, "version": "1", "condition": condition, "transport": transport });
        serde_json::from_value(wanted).unwrap()
    }

    fn chat() -> Wanted {
        wanted("channel.chat.message", &json!({ "broadcaster_user_id": "1", "user_id": "1" }))
    }

    #[test]
    fn one_of_a_kind_is_made_and_only_with_what_was_allowed() {
        let mut book = EventSubBook::default();
        let all = |_: &str, _: &str| true;
        let made = book.create("c", chat(), "a".into(), noon(), all).unwrap();
        assert_eq!(made.view()["status"], "webhook_callback_verification_pending");
        assert_eq!(
            made.view()["transport"],
            json!({ "method": "webhook", "callback": "http://127.0.0.1:1/w" })
        );
        assert_eq!(book.create("c", chat(), "b".into(), noon(), all), Err(Refused::Conflict));
        assert!(book.create("other", chat(), "b".into(), noon(), all).is_ok());
        let without = |_: &str, scope: &str| scope != "user:bot";
        assert_eq!(book.create("d", chat(), "c".into(), noon(), without), Err(Refused::Forbidden));
        assert!(book.delete("c", "a") && !book.delete("c", "a"));
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        let mut book = EventSubBook::default();
        let condition = || json!({ "broadcaster_user_id": "1" });
        let mut short = chat();
        short.transport.secret = "short".into();
        let mut socket = chat();
        socket.transport.method = "websocket".into();
        let mut newer = chat();
        newer.version = "2".into();
        for bad in [
            wanted("channel.follow", &condition()),
            wanted("channel.chat.message", &condition()),
            short,
            socket,
            newer,
        ] {
            let made = book.create("c", bad.clone(), "a".into(), noon(), |_, _| true);
            assert!(matches!(made, Err(Refused::Bad(_))), "{bad:?}");
        }
    }

    #[test]
    fn only_what_was_verified_listens_and_a_revocation_ends_it() {
        let mut book = EventSubBook::default();
        book.create("c", chat(), "a".into(), noon(), |_, _| true).unwrap();
        let pending = SubscriptionStatus::WebhookCallbackVerificationPending;
        let listening = |book: &EventSubBook| book.listening("channel.chat.message", "1").len();
        assert_eq!(listening(&book), 0);
        assert!(book.stands("a", pending, SubscriptionStatus::Enabled));
        assert!(!book.stands("a", pending, SubscriptionStatus::Enabled));
        assert_eq!(listening(&book), 1);
        assert_eq!((book.revoke("c", "2").len(), book.revoke("c", "1").len(), listening(&book)), (0, 1, 0));
        assert!(
            book.create("c", chat(), "b".into(), noon(), |_, _| true).is_ok(),
            "what has ended is made anew"
        );
    }

    #[test]
    fn a_list_has_pages_and_filters() {
        let mut book = EventSubBook::default();
        for n in 0..120 {
            let one = wanted(TYPES[0].0, &json!({ "broadcaster_user_id": n.to_string() }));
            book.create("c", one, n.to_string(), noon(), |_, _| true).unwrap();
        }
        let (page, total, next) = book.list("c", Filter::default());
        assert_eq!((page.len(), total, next), (100, 120, Some(100)));
        let (page, _, next) = book.list("c", Filter { after: 100, ..Filter::default() });
        assert_eq!((page.len(), next), (20, None));
        assert_eq!(book.list("c", Filter { user: Some("7"), ..Filter::default() }).1, 1);
        assert_eq!(book.list("c", Filter { status: Some("enabled"), ..Filter::default() }).1, 0);
        assert_eq!(book.list("d", Filter::default()).1, 0);
    }

    #[test]
    fn a_clients_own_token_ends() {
        let mut book = EventSubBook::default();
        book.give("t", "c", noon());
        assert_eq!((book.client("t", noon()), book.client("u", noon())), (Some("c"), None));
        book.age(TOKEN_LIFE);
        assert_eq!(book.client("t", noon()), None);
    }
}
