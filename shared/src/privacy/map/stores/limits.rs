//! What counts how often, so that nobody overloads the bot and each message counts once.

use super::super::store::public;
use super::super::{End, Field, Kind, Purpose, Row, Since, Store};
use crate::privacy::Place;

pub(super) const REPLAY: Store = Store {
    name: "replay",
    kind: Kind::Table,
    about: "A signed request is accepted once.",
    owners: &["shared/src/store/replay.rs"],
    place: Some(Place::Replay),
    keys: &["tenant", "sk"],
    rows: &[Row {
        key: &["{tenant}", "interaction#{interaction}"],
        about: "it came",
        purpose: Purpose::Security,
        end: End::minutes(15),
        sooner: "",
        fields: &[public("expires_at")],
    }],
};

pub(super) const WEBHOOK_DEDUP: Store = Store {
    name: "webhook-dedup",
    kind: Kind::Table,
    about: "Each message of a webhook is handled once. Nothing in it can be tied to anybody: a message is known by the hash \
            of what was signed.",
    owners: &["shared/src/store/deliveries.rs"],
    place: None,
    keys: &["source", "delivery"],
    rows: &[Row {
        key: &["{source}", "{delivery}"],
        about: "it came, and whether it was handed on; of the source `announce/{source}`: it was posted",
        purpose: Purpose::Security,
        end: End::days(30),
        sooner: "24 h where a message says its time",
        fields: &[public("handed_on"), public("expires_at")],
    }],
};

pub(super) const RATE_LIMITS: Store = Store {
    name: "rate-limits",
    kind: Kind::Table,
    about: "When somebody asked last: in `ring` up to 201 times in ms; above 100 a minute in `singles` and `blocks`.",
    owners: &["shared/src/store/rate_limits"],
    place: Some(Place::RateLimits),
    keys: &["subject", "sk"],
    rows: &[
        of(&["{tenant}", "user#{user}"], "a user's limit over all commands"),
        of(&["{tenant}", "command#{command}#user#{user}"], "a user's limit for one command"),
        of(&["{tenant}", "command#{command}"], "a server's limit for one command"),
        of(&["{tenant}", "autocomplete#user#{user}"], "a user's suggestions"),
        of(&["ip#{pseudonym}", "requests"], "a network address's limit at our pages and at the API"),
        of(&["ip#{pseudonym}", "credentials"], "an address's limit for wrong keys at the API"),
        of(&["api#user#{user}", "requests"], "a user's limit at the API"),
        of(&["api#key#{id}", "requests"], "a key's limit at the API"),
        of(&["{guild}", "wake"], "how often a server may wake the worker"),
        Row {
            end: End::minutes(20).since(Since::Used),
            ..of(
                &["{guild}", "song-request#{pseudonym}"],
                "a Twitch viewer's requests for songs of a server; the pseudonym is of their account",
            )
        },
        of(&["{guild}", "song-requests"], "all viewers' requests for songs of a server"),
        Row {
            end: End::minutes(70).since(Since::Used),
            ..of(&["{guild}", "denied"], "a server's denied attempts")
        },
        Row {
            key: &["suspicion", "minute-{number}"],
            about: "how often something odd happened in a minute, for everybody together",
            purpose: Purpose::Security,
            end: End::hours(1).since(Since::Used),
            sooner: "",
            fields: &[
                public("denied"),
                public("banned"),
                public("auth_failed"),
                public("replayed"),
                public("not_permitted"),
                public("limited"),
                public("expires_at"),
            ],
        },
    ],
};

const fn of(key: &'static [&'static str], about: &'static str) -> Row {
    let end = End::minutes(11).since(Since::Used);
    Row { key, about, purpose: Purpose::Limits, end, sooner: "", fields: TIMES }
}

/// Times alone say nothing about anybody; the key says whose they are.
const TIMES: &[Field] = &[
    public("ring"),
    public("singles"),
    public("blocks"),
    public("room"),
    public("max"),
    public("forgotten"),
    public("folds"),
    public("expires_at"),
];
