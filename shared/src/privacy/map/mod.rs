//! The data map (SPEC T28): each field that is stored anywhere, what it is for, how much of somebody is in it and when it
//! is gone. `docs/DATA-MAP.md`, `docs/data-map.json` and `/privacy what` are made from it.
//!
//! It is written beside the row types rather than derived from them: what a field means is a decision, and a field that
//! nobody decided about fails the tests of whoever writes it.

mod class;
mod end;
mod page;
mod placeholder;
mod purpose;
mod store;
mod stores;

pub use class::Class;
pub use end::{End, Since};
pub use page::{json, markdown};
pub use purpose::{Basis, Purpose};
pub use store::{Field, Kind, Row, Store};
pub use stores::ALL;

use super::Place;

/// What has no field anywhere.
pub const NOT_COLLECTED: [&str; 6] = [
    "e-mail addresses",
    "real names",
    "locations",
    "voice",
    "the content of messages, but the one address or file that \"Play this\" was used on",
    "the names that people carry in Discord, but that of whoever is linking an account or is signed in at the API",
];

/// Something that is held about people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What for.
    pub purpose: Purpose,
    /// Where, in the order of the map.
    pub stores: Vec<&'static str>,
    /// When it is gone: each way once, the latest last.
    pub ends: Vec<End>,
}

/// Whether a secret is in this attribute, or in what is named as `a.b` within it. Exports leave it out.
pub fn is_secret(place: Place, attribute: &str) -> bool {
    let stores = ALL.iter().filter(|store| store.place == Some(place));
    let mut fields = stores.flat_map(|store| store.rows).flat_map(|row| row.fields);
    fields.any(|field| field.class == Class::Secret && field.is_in(attribute))
}

/// What is held about people, one for each purpose that needs it, in the order of [`Purpose::ALL`].
pub fn about_people() -> impl Iterator<Item = Held> {
    Purpose::ALL.into_iter().filter_map(held)
}

fn held(purpose: Purpose) -> Option<Held> {
    let mut held = Held { purpose, stores: Vec::new(), ends: Vec::new() };
    for store in ALL {
        let mut about = store.rows.iter().filter(|row| row.purpose == purpose && row.is_about_people());
        let ends: Vec<End> = about.by_ref().map(|row| row.end).collect();
        if !ends.is_empty() {
            held.stores.push(store.name);
            held.ends.extend(ends);
        }
    }
    held.ends.sort();
    held.ends.dedup();
    (!held.ends.is_empty()).then_some(held)
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
