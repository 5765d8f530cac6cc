//! Messages on their way.

use super::super::store::{personal, pseudonymous, public};
use super::super::{End, Field, Kind, Purpose, Row, Store};

/// Messages leave within days and are nobody's to ask for: an erasure waits until what was under way has ended, and dead
/// letters hold what failed for two weeks.
const fn queue(name: &'static str, about: &'static str, rows: &'static [Row]) -> Store {
    Store { name, kind: Kind::Queue, about, owners: &["shared/src/messages"], place: None, keys: &[], rows }
}

const fn message(kind: &'static [&'static str], purpose: Purpose, end: End, fields: &'static [Field]) -> Row {
    Row { key: kind, about: "", purpose, end, sooner: "when it is done", fields }
}

const DEAD: End = End::days(14);

pub(super) const VOICE: Store = queue(
    "voice-{shard}",
    "A server's queue has changed.",
    &[message(&["doorbell"], Purpose::Playing, End::hours(1), DOORBELL)],
);
pub(super) const VOICE_DEAD: Store =
    queue("voice-dlq", "The same, failed.", &[message(&["doorbell"], Purpose::Playing, DEAD, DOORBELL)]);
const DOORBELL: &[Field] = &[public("version"), public("guild"), public("rev")];

pub(super) const REPLY_DEADLINE: Store = queue(
    "reply-deadline",
    "Looks whether a reply is still open, or whether a worker has started.",
    &[
        message(&["reply_deadline"], Purpose::Replies, End::hours(1), REPLY),
        message(&["start_check"], Purpose::Operations, End::hours(1), CHECK),
    ],
);
pub(super) const REPLY_DEADLINE_DEAD: Store = queue(
    "reply-deadline-dlq",
    "The same, failed.",
    &[
        message(&["reply_deadline"], Purpose::Replies, DEAD, REPLY),
        message(&["start_check"], Purpose::Operations, DEAD, CHECK),
    ],
);
const REPLY: &[Field] = &[public("version"), personal("tenant"), personal("interaction_id")];
const CHECK: &[Field] =
    &[public("type"), public("version"), public("shard"), public("epoch"), public("attempt")];

pub(super) const WEBHOOKS: Store = queue(
    "webhooks",
    "What a verified webhook wants. Of a song request the viewer's account and the words of the request alone; of a \
     deauthorisation who took the application away.",
    &[message(&["webhook_job"], Purpose::Accounts, End::days(4), JOB)],
);
pub(super) const WEBHOOKS_DEAD: Store =
    queue("webhooks-dlq", "The same, failed.", &[message(&["webhook_job"], Purpose::Accounts, DEAD, JOB)]);
const JOB: &[Field] = &[
    public("type"),
    public("version"),
    public("source"),
    public("delivery"),
    public("at"),
    personal("task"),
];

pub(super) const PRIVACY: Store = queue(
    "privacy",
    "Somebody asks for their data, to be erased, or how far it is. A request is sent again until it is done.",
    &[
        message(&["privacy_request"], Purpose::Privacy, DEAD, REQUEST),
        message(&["privacy_status"], Purpose::Privacy, DEAD, STATUS),
    ],
);
pub(super) const PRIVACY_DEAD: Store = queue(
    "privacy-dlq",
    "The same, failed.",
    &[
        message(&["privacy_request"], Purpose::Privacy, DEAD, REQUEST),
        message(&["privacy_status"], Purpose::Privacy, DEAD, STATUS),
    ],
);
const REQUEST: &[Field] = &[
    public("type"),
    public("version"),
    public("id"),
    personal("subject"),
    personal("action"),
    public("source"),
];
const STATUS: &[Field] = &[public("type"), public("version"), personal("user"), personal("interaction_id")];

pub(super) const CONTROL: Store = queue(
    "control",
    "Orders about incidents and containment, and what a channel has still to hear. Who orders is a pseudonym.",
    &[message(&["control"], Purpose::Security, End::days(4), CONTROLS)],
);
pub(super) const CONTROL_DEAD: Store = queue(
    "control-dlq",
    "The same, failed, and alarms and events that could not be taken, as AWS sent them.",
    &[
        message(&["control"], Purpose::Security, DEAD, CONTROLS),
        message(&["failed run"], Purpose::Security, DEAD, &[personal("body")]),
    ],
);
const CONTROLS: &[Field] = &[public("type"), public("version"), public("at"), pseudonymous("order")];

pub(super) const RETENTION_DEAD: Store = queue(
    "retention-dlq",
    "Runs of data-retention that failed, with how far they were: a place in a table or in the stream of `audit-heads`.",
    &[message(&["failed run"], Purpose::Operations, DEAD, &[personal("body")])],
);
pub(super) const ROTATION_DEAD: Store = queue(
    "rotation-dlq",
    "Runs of token-rotation that failed. A run knows how far it was: a place in an index, with the id of a user.",
    &[message(&["failed run"], Purpose::Operations, DEAD, &[personal("body")])],
);
