//! `tombstones`: that somebody was erased, and what they asked. It stays for 40 days, since that is what keeps them erased
//! (SPEC T30); a case says nothing but whose it is, what was asked, and how many rows there were.

use shared::privacy::DataSubject;
use shared::store::Item;

use super::row::text;
use super::{Mention, own_if};

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    own_if(text(item, "subject").and_then(|text| text.parse().ok()) == Some(subject))
}
