//! What is kept so that people get their data, or are rid of it.

use super::super::store::{personal, public};
use super::super::{End, Kind, Purpose, Row, Store};
use crate::privacy::Place;

pub(super) const TOMBSTONES: Store = Store {
    name: "tombstones",
    kind: Kind::Table,
    about: "Who was erased, and how far requests about somebody's data are. It outlives an erasure on purpose: what was \
            begun before it cannot be written after it, and a backup that is restored is erased again.",
    owners: &["shared/src/store/tombstones.rs"],
    place: Some(Place::Tombstones),
    keys: &["subject", "sk"],
    rows: &[
        Row {
            key: &["{subject}", "tombstone"],
            about: "since when somebody is erased",
            purpose: Purpose::Privacy,
            end: End::days(40),
            sooner: "",
            fields: &[personal("at"), public("expires_at")],
        },
        Row {
            key: &["{subject}", "case#{request}"],
            about: "what was asked, how far it is, where its export lies, its receipt",
            purpose: Purpose::Privacy,
            end: End::days(40),
            sooner: "",
            fields: &[public("rev"), personal("case"), public("expires_at")],
        },
        Row {
            key: &["{subject}", "export"],
            about: "the one export a day",
            purpose: Purpose::Privacy,
            end: End::hours(24),
            sooner: "",
            fields: &[public("request"), public("expires_at")],
        },
    ],
};

pub(super) const EXPORTS: Store = Store {
    name: "exports",
    kind: Kind::Bucket,
    about: "What people asked to be given about themselves, without tokens. A link to it is signed when it is asked for \
            and good for minutes.",
    owners: &["functions/data-retention"],
    place: Some(Place::Exports),
    keys: &[],
    rows: &[Row {
        key: &["exports/{request}.zip"],
        about: "everything that this map calls personal, of one person or server; earlier versions of an object leave a day \
                after it",
        purpose: Purpose::Privacy,
        end: End::days(7),
        sooner: "",
        fields: &[personal("body")],
    }],
};
