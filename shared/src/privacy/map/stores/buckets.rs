//! Objects.

use super::super::store::{pseudonymous, public};
use super::super::{End, Kind, Purpose, Row, Store};

pub(super) const AUDIO: Store = Store {
    name: "audio",
    kind: Kind::Bucket,
    about: "Audio that was fetched and levelled, by a digest of its source. Who asked for it is not in it.",
    owners: &["functions/voice/src/cache"],
    place: None,
    keys: &[],
    rows: &[Row {
        key: &["audio/{digest}"],
        about: "a track's sound",
        purpose: Purpose::Playing,
        end: End::days(7),
        sooner: "",
        fields: &[public("body")],
    }],
};

pub(super) const STATUS: Store = Store {
    name: "status",
    kind: Kind::Bucket,
    about: "What everybody may know of how the bot does, in fixed words. It is what the status page shows.",
    owners: &["functions/security-alarms/src/status", "shared/src/status_bucket.rs"],
    place: None,
    keys: &[],
    rows: &[Row {
        key: &["status.json"],
        about: "which parts work, and the disturbances of the last two weeks",
        purpose: Purpose::Operations,
        end: End::days(400),
        sooner: "",
        fields: &[public("body")],
    }],
};

pub(super) const EVIDENCE: Store = Store {
    name: "evidence",
    kind: Kind::Bucket,
    about: "Where each audit chain ended and when, signed; and what there was when the bot was contained. Locked until its \
            time, in an erasure too; nobody's id is in it.",
    owners: &[
        "shared/src/evidence.rs",
        "functions/data-retention/src/checkpoint.rs",
        "functions/security-alarms/src/contain/evidence.rs",
    ],
    place: None,
    keys: &[],
    rows: &[
        Row {
            key: &["checkpoints/{checkpoint}"],
            about: "of each chain the SHA-256 of its name, a number, a hash; and the signature",
            purpose: Purpose::Audit,
            end: End::days(400),
            sooner: "",
            fields: &[pseudonymous("body")],
        },
        Row {
            key: &["containment/{name}"],
            about: "the flag, open incidents, what ran, until when tables can be restored, which logs belong to it; operators \
                are pseudonyms",
            purpose: Purpose::Security,
            end: End::days(400),
            sooner: "",
            fields: &[pseudonymous("body")],
        },
    ],
};
