//! Twitch's `EventSub` over webhooks: subscriptions with a client's own token, the question whether an address wants them,
//! and what viewers do (<https://dev.twitch.tv/docs/eventsub/>).

mod book;
mod control;
mod deliver;
mod http;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

pub use book::{Subscription, SubscriptionStatus};
pub use deliver::Delivered;

pub(super) use book::{EventSubBook, TOKEN_LIFE};
pub(super) use control::router;
pub(super) use http::{create, delete, list};

use super::service::Service;
use crate::core::Core;
use crate::machine::{self, NoEntropy};

/// Somebody redeems channel points.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Redemption {
    /// Whose channel: the id of an account at Twitch.
    pub broadcaster: String,
    /// Who redeems: any id.
    pub viewer: String,
    /// What the reward is called.
    pub reward: String,
    /// What they type.
    pub input: String,
}

/// Somebody writes in a chat.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ChatLine {
    /// Whose channel.
    pub broadcaster: String,
    /// Who writes.
    pub viewer: String,
    /// What.
    pub text: String,
}

pub(super) async fn redeem(core: &Arc<Core>, redemption: Redemption) -> Vec<Delivered> {
    let Redemption { broadcaster, viewer, reward, input } = redemption;
    let event = json!({
        "id": uuid().unwrap_or_default(), "user_id": viewer, "user_login": login(&viewer), "user_name": login(&viewer),
        "broadcaster_user_id": broadcaster, "broadcaster_user_login": login(&broadcaster),
        "broadcaster_user_name": login(&broadcaster), "user_input": input, "status": "unfulfilled",
        "reward": { "id": reward_id(&reward), "title": reward, "cost": 500, "prompt": "Which song?" },
        "redeemed_at": machine::now(),
    });
    tell(core, "channel.channel_points_custom_reward_redemption.add", &broadcaster, event).await
}

pub(super) async fn chat(core: &Arc<Core>, line: ChatLine) -> Vec<Delivered> {
    let ChatLine { broadcaster, viewer, text } = line;
    let event = json!({
        "broadcaster_user_id": broadcaster, "broadcaster_user_login": login(&broadcaster),
        "broadcaster_user_name": login(&broadcaster), "chatter_user_id": viewer, "chatter_user_login": login(&viewer),
        "chatter_user_name": login(&viewer), "message_id": uuid().unwrap_or_default(),
        "message": { "text": text, "fragments": [{ "type": "text", "text": text, "cheermote": null, "emote": null, "mention": null }] },
        "color": "#00FF7F", "badges": [], "message_type": "text", "cheer": null, "reply": null,
        "channel_points_custom_reward_id": null,
    });
    tell(core, "channel.chat.message", &broadcaster, event).await
}

async fn tell(core: &Arc<Core>, kind: &str, broadcaster: &str, event: Value) -> Vec<Delivered> {
    let listening = core.accounts().eventsub.listening(kind, broadcaster);
    let mut delivered = Vec::new();
    for one in listening {
        delivered.push(deliver::notify(Arc::clone(core), one, event.clone()).await);
    }
    delivered
}

/// What a user has allowed is taken back: what was made with it ends, and its addresses are told.
pub(super) async fn revoke(core: &Arc<Core>, client: &str, user: &str) {
    let ended = {
        let mut desk = core.accounts();
        desk.book.end_all(Service::Twitch, client, user);
        desk.eventsub.revoke(client, user)
    };
    for one in ended {
        deliver::revoked(one).await;
    }
    core.touch();
}

/// Everything that clients have subscribed.
pub(super) fn all(core: &Core) -> Vec<Subscription> {
    core.accounts().eventsub.all().to_vec()
}

/// Everybody here has the login that their id makes.
fn login(id: &str) -> String {
    format!("viewer_{id}")
}

/// One title, one id.
fn reward_id(title: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digits = hex::encode(&Sha256::digest(title)[..16]);
    shaped(&digits)
}

fn uuid() -> Result<String, NoEntropy> {
    machine::nonce().map(|digits| shaped(&digits))
}

/// 32 digits in the shape of a UUID.
fn shaped(digits: &str) -> String {
    let part = |from, to| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
