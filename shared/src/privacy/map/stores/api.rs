//! Who uses the API.

use super::super::store::{personal, public};
use super::super::{End, Field, Kind, Purpose, Row, Since, Store};
use crate::privacy::Place;

pub(super) const API_KEYS: Store = Store {
    name: "api-keys",
    kind: Kind::Table,
    about: "What a key may, and until when. The key itself is nowhere: `hash` is its SHA-256. Index `by-tenant` over \
            `tenant`, `made_at` for lists.",
    owners: &["shared/src/store/api_keys.rs"],
    place: Some(Place::ApiKeys),
    keys: &["hash"],
    rows: &[
        Row {
            key: &["{hash}"],
            about: "a key, and who made it",
            purpose: Purpose::Api,
            end: End::days(30).since(Since::Over),
            sooner: "when it was used last: 90 days later",
            fields: KEY,
        },
        CUTOFF_OF_KEYS,
    ],
};

const CUTOFF_OF_KEYS: Row = Row {
    key: &["everybody"],
    about: "since when keys count: after a lockdown those from before never do again",
    purpose: Purpose::Api,
    end: End::Never,
    sooner: "",
    fields: &[public("not_before")],
};

const KEY: &[Field] = &[
    public("tenant"),
    public("id"),
    personal("name"),
    public("role"),
    public("only"),
    personal("made_by"),
    public("made_at"),
    public("ends_at"),
    public("replaces"),
    public("used_at"),
    public("revoked_at"),
    personal("revoked_by"),
    public("expires_at"),
];

pub(super) const ROLES: Store = Store {
    name: "roles",
    kind: Kind::Table,
    about: "Who moderates or owns a community at the API, and who said so.",
    owners: &["shared/src/store/roles.rs"],
    place: Some(Place::Roles),
    keys: &["guild", "user"],
    rows: &[Row {
        key: &["{guild}", "{user}"],
        about: "a role that was given",
        purpose: Purpose::Api,
        end: End::Removed,
        sooner: "",
        fields: &[personal("role"), personal("by"), public("at"), public("version")],
    }],
};

pub(super) const SESSIONS: Store = Store {
    name: "sessions",
    kind: Kind::Table,
    about: "Sign-ins at the API. Tokens are there as hashes only.",
    owners: &["shared/src/store/sessions", "shared/src/store/sign_ins.rs"],
    place: Some(Place::Sessions),
    keys: &["owner", "sk"],
    rows: &[
        Row {
            key: &["code#{hash}", "code"],
            about: "a sign-in that is about to be redeemed",
            purpose: Purpose::Api,
            end: End::minutes(1),
            sooner: "",
            fields: &[
                personal("user"),
                personal("username"),
                public("mfa"),
                public("bound"),
                public("expires_at"),
            ],
        },
        Row {
            key: &["family#{hash}", "family"],
            about: "one sign-in at the API",
            purpose: Purpose::Api,
            end: End::days(30),
            sooner: "the night after it was ended",
            fields: FAMILY,
        },
        Row {
            key: &["epoch#{user}", "epoch"],
            about: "how often somebody has signed out everywhere",
            purpose: Purpose::Api,
            end: End::Erased,
            sooner: "in an erasure 20 min later than the rest, since access tokens that were signed out live for 15",
            fields: &[public("epoch"), public("expires_at")],
        },
        Row {
            key: &["denied#{token}", "denied"],
            about: "an access token that was given back; its id is random",
            purpose: Purpose::Api,
            end: End::minutes(15),
            sooner: "when the token would have ended",
            fields: &[public("expires_at")],
        },
        Row {
            key: &["everybody", "cutoff"],
            about: "since when sign-ins count: after a lockdown those from before never do again",
            purpose: Purpose::Api,
            end: End::Never,
            sooner: "",
            fields: &[public("not_before")],
        },
    ],
};

const FAMILY: &[Field] = &[
    personal("user"),
    personal("username"),
    public("mfa"),
    public("epoch"),
    public("current"),
    public("last"),
    public("used_at"),
    public("revoked"),
    public("ends_at"),
    public("expires_at"),
];
