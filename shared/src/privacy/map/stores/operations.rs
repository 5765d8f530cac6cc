//! What keeps the bot running, and shows who administered what.

use super::super::store::{personal, pseudonymous, public, secret};
use super::super::{End, Field, Kind, Purpose, Row, Since, Store};
use crate::privacy::Place;

pub(super) const FLAGS: Store = Store {
    name: "flags",
    kind: Kind::Table,
    about: "Whether the bot is paused, by whom and why.",
    owners: &["shared/src/store/flags"],
    place: Some(Place::Flags),
    keys: &["flag"],
    rows: &[Row {
        key: &["containment"],
        about: "the containment flag; the names in it are operators'",
        purpose: Purpose::Operations,
        end: End::Erased,
        sooner: "the names go when it is lifted",
        fields: &[
            public("containment_level"),
            public("version"),
            personal("reason"),
            personal("raised_by"),
            public("raised_at"),
            personal("resume_by"),
            public("resume_at"),
        ],
    }],
};

pub(super) const AUDIT: Store = Store {
    name: "audit",
    kind: Kind::Table,
    about: "Who administered what, provably unaltered. People are pseudonyms there; whoever holds the key can compare. No \
            role may change or delete a row, so it leaves by its time alone, in an erasure too.",
    owners: &["shared/src/store/audit", "shared/src/security/audit_record.rs"],
    place: None,
    keys: &["tenant", "seq"],
    rows: &[Row {
        key: &["{chain}", "{number}"],
        about: "one act; the chain is a server's, or `operators`",
        purpose: Purpose::Audit,
        end: End::days(400),
        sooner: "",
        fields: &[
            public("prev_hash"),
            public("chain_hash"),
            public("event_id"),
            pseudonymous("admin"),
            public("action"),
            public("resource"),
            pseudonymous("resource_id"),
            public("source"),
            public("at_ms"),
            public("details"),
            public("expires_at"),
        ],
    }],
};

pub(super) const AUDIT_HEADS: Store = Store {
    name: "audit-heads",
    kind: Kind::Table,
    about: "Where a chain ends. A hash says nothing about anybody.",
    owners: &["shared/src/store/audit"],
    place: None,
    keys: &["tenant"],
    rows: &[Row {
        key: &["{chain}"],
        about: "a chain's last row",
        purpose: Purpose::Audit,
        end: End::Never,
        sooner: "",
        fields: &[public("seq"), public("chain_hash")],
    }],
};

pub(super) const AUDIT_HEADS_STREAM: Store = Store {
    name: "audit-heads",
    kind: Kind::Stream,
    about: "The keys of heads that moved.",
    owners: &["template.yaml"],
    place: None,
    keys: &[],
    rows: &[Row {
        key: &["{chain}"],
        about: "a chain has grown",
        purpose: Purpose::Audit,
        end: End::hours(24),
        sooner: "",
        fields: &[public("tenant")],
    }],
};

pub(super) const LEASES: Store = Store {
    name: "leases",
    kind: Kind::Table,
    about: "Which worker has which shard. Times here are milliseconds, but for `expires_at`. Nobody is in it.",
    owners: &["shared/src/store/leases"],
    place: None,
    keys: &["lease"],
    rows: &[
        Row {
            key: &["shard#{shard}"],
            about: "one worker a shard; epochs only grow, so the row stays",
            purpose: Purpose::Operations,
            end: End::Never,
            sooner: "",
            fields: &[
                public("owner"),
                public("epoch"),
                public("until"),
                public("guilds"),
                public("successor"),
                public("successor_at"),
            ],
        },
        Row {
            key: &["active#{shard}"],
            about: "the servers that a shard has something to do for",
            purpose: Purpose::Operations,
            end: End::Never,
            sooner: "a server leaves it when nothing is left to do",
            fields: &[public("epoch"), public("active")],
        },
        Row {
            key: &["attempt#{shard}"],
            about: "no worker is started twice",
            purpose: Purpose::Operations,
            end: End::hours(48),
            sooner: "",
            fields: ATTEMPT,
        },
        Row {
            key: &["session#{shard}"],
            about: "Discord's gateway goes on after a restart",
            purpose: Purpose::Operations,
            end: End::minutes(10),
            sooner: "",
            fields: &[
                secret("session_id"),
                public("seq"),
                public("resume_url"),
                public("epoch"),
                public("expires_at"),
            ],
        },
        Row {
            key: &["identify#{application}"],
            about: "Discord's daily limit is not reached",
            purpose: Purpose::Operations,
            end: End::hours(48).since(Since::Used),
            sooner: "a day after the window",
            fields: &[
                public("used"),
                public("start_limit"),
                public("most"),
                public("resets_at"),
                public("expires_at"),
            ],
        },
    ],
};

const ATTEMPT: &[Field] = &[
    public("epoch"),
    public("attempt"),
    public("streak"),
    public("started_at"),
    public("capacity"),
    public("task_arn"),
    public("ended"),
    public("expires_at"),
];

pub(super) const TRACK_CACHE: Store = Store {
    name: "track-cache",
    kind: Kind::Table,
    about: "Nothing reads or writes it yet.",
    owners: &[],
    place: None,
    keys: &["source"],
    rows: &[],
};
