//! What has gone wrong, and who was told of it.

use super::super::store::{pseudonymous, public};
use super::super::{End, Kind, Purpose, Row, Since, Store};

pub(super) const INCIDENTS: Store = Store {
    name: "incidents",
    kind: Kind::Table,
    about: "Incidents with their timelines, what is known of each channel that is told of them, and what containment has \
            done. Nobody's id is in it: operators who answered are pseudonyms, as in the audit trail, and members are \
            not in it at all. So nothing here can be looked for by a person's id, in an erasure either.",
    owners: &[
        "shared/src/store/incidents",
        "shared/src/store/alert_channels.rs",
        "shared/src/store/containments.rs",
    ],
    place: None,
    keys: &["scope", "sk"],
    rows: &[
        Row {
            key: &["incident", "{id}"],
            about: "an incident",
            purpose: Purpose::Security,
            end: End::days(400).since(Since::Over),
            sooner: "",
            fields: &[public("rev"), pseudonymous("incident"), public("expires_at")],
        },
        Row {
            key: &["unsettled", "{id}"],
            about: "something has still to be done with that incident",
            purpose: Purpose::Security,
            end: End::Never,
            sooner: "when nothing has to be done with it any more",
            fields: &[],
        },
        Row {
            key: &["cause", "{hash}"],
            about: "the last incident of a cause, or when it cleared without one",
            purpose: Purpose::Security,
            end: End::days(800),
            sooner: "24 h where it has no incident",
            fields: &[public("rev"), public("incident"), public("cleared_at"), public("expires_at")],
        },
        Row {
            key: &["channel", "{name}"],
            about: "whether a channel can be told, and the messages in it",
            purpose: Purpose::Security,
            end: End::days(90).since(Since::Used),
            sooner: "when the channel is removed",
            fields: &[
                public("rev"),
                public("failures"),
                public("until"),
                public("trying"),
                public("broken"),
                public("cards"),
                public("expires_at"),
            ],
        },
        Row {
            key: &["containment", "state"],
            about: "what containment has done, and how it was before",
            purpose: Purpose::Security,
            end: End::Never,
            sooner: "",
            fields: &[public("rev"), public("state")],
        },
    ],
};
