//! Accounts at other services.

use super::super::store::{personal, pseudonymous, public};
use super::super::{End, Field, Kind, Purpose, Row, Since, Store};
use crate::privacy::Place;

pub(super) const ACCOUNT_LINKS: Store = Store {
    name: "account-links",
    kind: Kind::Table,
    about: "Accounts at other services, without their tokens: those are secrets, one for each user. Index `by-due` over \
            `due_part`, `due_at` for what is to be refreshed, and, in the part `channels`, for every channel that somebody \
            hears.",
    owners: &[
        "shared/src/store/links.rs",
        "shared/src/store/linkings.rs",
        "shared/src/store/sign_ins.rs",
        "shared/src/store/token_leases.rs",
        "shared/src/store/channels.rs",
    ],
    place: Some(Place::AccountLinks),
    keys: &["owner", "sk"],
    rows: &[
        Row {
            key: &["user#{user}", "link#{provider}"],
            about: "what a user has linked; `subject` is the account as its service calls it",
            purpose: Purpose::Accounts,
            end: End::Unlinked,
            sooner: "",
            fields: LINK,
        },
        Row {
            key: &["subject#{provider}#{account}", "user"],
            about: "one account belongs to one user",
            purpose: Purpose::Accounts,
            end: End::Unlinked,
            sooner: "",
            fields: &[personal("user")],
        },
        Row {
            key: &["{stage}#{digest}", "linking"],
            about: "of `offer`: a one-time link; of `state`: what a service brings back. `browser` is a digest",
            purpose: Purpose::Accounts,
            end: End::minutes(10),
            sooner: "when it is used",
            fields: &[
                personal("user"),
                personal("name"),
                public("provider"),
                public("locale"),
                public("at"),
                pseudonymous("browser"),
                public("expires_at"),
            ],
        },
        Row {
            key: &["sign_in#{digest}", "sign_in"],
            about: "a sign-in at the API that Discord has not answered yet; digests of the browser and of what it is bound to",
            purpose: Purpose::Api,
            end: End::minutes(10),
            sooner: "when it is used",
            fields: &[pseudonymous("browser"), public("bound"), public("at"), public("expires_at")],
        },
        Row {
            key: &["channel#twitch#{account}", "guild"],
            about: "which server hears a Twitch channel; its viewers' requests are made in the streamer's name",
            purpose: Purpose::Accounts,
            end: End::Unlinked,
            sooner: "when it is switched off; by night, once the streamer has taken it back or the server takes no requests",
            fields: &[
                public("guild"),
                personal("streamer"),
                public("since"),
                public("due_part"),
                public("due_at"),
            ],
        },
        Row {
            key: &["user#{user}", "lease"],
            about: "one refresh at a time",
            purpose: Purpose::Accounts,
            end: End::hours(24).since(Since::Used),
            sooner: "",
            fields: &[public("holder"), public("until"), public("fence"), public("expires_at")],
        },
    ],
};

const LINK: &[Field] = &[
    public("rev"),
    personal("subject"),
    personal("status"),
    personal("linked_at"),
    public("renewed_at"),
    public("failures"),
    public("told"),
    public("due_part"),
    public("due_at"),
];
