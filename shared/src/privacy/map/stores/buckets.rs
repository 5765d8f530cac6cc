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

pub(super) const EVIDENCE: Store = Store {
    name: "evidence",
    kind: Kind::Bucket,
    about: "Where each audit chain ended and when, signed. Locked until its time, in an erasure too; no id and nothing of \
            what was done is in it.",
    owners: &["shared/src/evidence.rs", "functions/data-retention/src/checkpoint.rs"],
    place: None,
    keys: &[],
    rows: &[Row {
        key: &["checkpoints/{checkpoint}"],
        about: "of each chain the SHA-256 of its name, a number, a hash; and the signature",
        purpose: Purpose::Audit,
        end: End::days(400),
        sooner: "",
        fields: &[pseudonymous("body")],
    }],
};
