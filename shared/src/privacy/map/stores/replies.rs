//! Replies that have to end.

use super::super::store::{personal, pseudonymous, public, secret};
use super::super::{End, Kind, Purpose, Row, Store};
use crate::privacy::Place;

pub(super) const DEFERRED: Store = Store {
    name: "deferred",
    kind: Kind::Table,
    about: "What somebody waits for: an entry, a call into their channel, a vote, an account that is unlinked, a playlist \
            of theirs, their channel, their data. Written by interactions; read and ended by the voice worker, oauth, \
            data-retention and voice-supervisor. The tenant of what no worker owes begins with a word and `#`, and ends \
            with a user's id.",
    owners: &["shared/src/store/deferred"],
    place: Some(Place::Deferred),
    keys: &["tenant", "sk"],
    rows: &[Row {
        key: &["{tenant}", "reply#{interaction}"],
        about: "a reply that has to end",
        purpose: Purpose::Replies,
        end: End::minutes(15),
        sooner: "the token when the reply has ended",
        fields: &[
            personal("interaction_id"),
            personal("caller"),
            personal("purpose"),
            public("application_id"),
            secret("reply_token"),
            public("locale"),
            public("reply_kind"),
            pseudonymous("support_id"),
            public("reply_state"),
            public("claim_number"),
            public("claim_until"),
            public("deadline_at"),
            public("expires_at"),
        ],
    }],
};
