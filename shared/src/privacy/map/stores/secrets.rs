//! Secrets Manager. What follows the prefix in a secret's name.

use super::super::store::{personal, public, secret};
use super::super::{End, Field, Kind, Purpose, Row, Store};
use crate::privacy::Place;

pub(super) const USERS: Store = Store {
    name: "users/{user}/oauth",
    kind: Kind::Secret,
    about: "Tokens of the accounts that a user has linked, one secret for each user; with copies in other regions where an \
            operator has asked for them.",
    owners: &["shared/src/vault"],
    place: Some(Place::UserSecrets),
    keys: &[],
    rows: &[Row {
        key: &["document"],
        about: "of each service: whose account it is, and what opens it",
        purpose: Purpose::Accounts,
        end: End::Unlinked,
        sooner: "",
        fields: TOKENS,
    }],
};

const TOKENS: &[Field] = &[
    public("v"),
    public("rev"),
    personal("accounts.subject"),
    secret("accounts.access"),
    secret("accounts.refresh"),
    public("accounts.expires_at"),
    personal("accounts.scopes"),
    personal("accounts.linked_at"),
];

pub(super) const OAUTH_CLIENTS: Store = ours(
    "oauth-clients/{provider}",
    "Our client at a service.",
    &["shared/src/providers/registrations.rs"],
    &[of_operator(&[public("client_id"), secret("client_secret")])],
);
pub(super) const WEBHOOKS: Store = ours(
    "webhooks/{source}",
    "What both sides of a webhook hold: one text, two, or a key set.",
    &["shared/src/security/webhook/keys.rs"],
    &[of_operator(&[secret("text"), secret("secrets"), secret("keys")])],
);
pub(super) const ANNOUNCE: Store = ours(
    "webhooks/announce",
    "By source, the addresses by which announcements are posted.",
    &["functions/webhooks/src/handle/announce.rs"],
    &[of_operator(&[secret("address")])],
);
pub(super) const CHANNELS: Store = ours(
    "channels/{name}",
    "Where incidents are told: an address that lets whoever has it write there, and what signs it.",
    &["shared/src/security/alert_channel.rs"],
    &[of_operator(&[public("kind"), secret("url"), public("from"), public("buttons"), secret("signing")])],
);
pub(super) const LOG_KEY: Store =
    key_set("log-key", "Makes pseudonyms. Whoever has it can compare an id with one.");
pub(super) const CUSTOM_ID_KEY: Store =
    key_set("custom-id-key", "Signs the custom ids of buttons and forms.");
pub(super) const JWT_KEYS: Store = key_set("jwt-keys", "Signs access tokens of the API.");
pub(super) const BOT_TOKEN: Store = ours(
    "bot-token",
    "The bot's token, from Discord.",
    &["functions/voice/src/config.rs"],
    &[of_operator(&[secret("text")])],
);

const fn key_set(name: &'static str, about: &'static str) -> Store {
    ours(name, about, &["shared/src/security/key_set.rs"], KEYS)
}

const KEYS: &[Row] = &[of_operator(&[
    secret("text"),
    public("keys.kid"),
    secret("keys.key"),
    public("keys.from"),
    public("keys.until"),
])];

const fn ours(
    name: &'static str,
    about: &'static str,
    owners: &'static [&'static str],
    rows: &'static [Row],
) -> Store {
    Store { name, kind: Kind::Secret, about, owners, place: None, keys: &[], rows }
}

const fn of_operator(fields: &'static [Field]) -> Row {
    Row {
        key: &["value"],
        about: "nobody's but ours",
        purpose: Purpose::Security,
        end: End::Operator,
        sooner: "",
        fields,
    }
}
