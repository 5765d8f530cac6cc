//! Through all places, a page at a time; a few rows of it at once.

use futures_util::future::join_all;
use jiff::Timestamp;
use shared::privacy::{DataSubject, Erasing, Place, WalkMark};
use shared::store::walk::{BadMark, Mark};
use shared::store::{Item, StoreError, Table};

use crate::app::App;
use crate::sources::{self, Mention, NotForgotten};

/// Rows that are forgotten at the same time.
const AT_ONCE: usize = 16;

/// Sweeps the page where the walk stands, from the beginning if it has none. Without a walk afterwards, all is swept.
pub(super) async fn page(
    app: &App,
    subject: DataSubject,
    mut erasing: Erasing,
    now: Timestamp,
) -> Result<Erasing, NotForgotten> {
    let at = erasing.walk.take().or_else(|| start(Place::ALL.first()));
    let Some(WalkMark { place, mark }) = at else { return Ok(erasing) };
    let (erased, next) = match place.table() {
        Some(table) => rows(app, place, table, mark.as_deref(), subject, now).await?,
        None => (sources::forget_whole(app, place, subject, now).await?, None),
    };
    erasing.count(place, erased);
    let after = Place::ALL.iter().find(|other| **other > place);
    erasing.walk = next.map(|mark| WalkMark { place, mark: Some(mark) }).or_else(|| start(after));
    Ok(erasing)
}

/// The secret before everything else: with it goes what others could act with.
pub(super) async fn secret(
    app: &App,
    subject: DataSubject,
    mut erasing: Erasing,
    now: Timestamp,
) -> Result<Erasing, NotForgotten> {
    let erased = sources::forget_whole(app, Place::UserSecrets, subject, now).await?;
    erasing.count(Place::UserSecrets, erased);
    Ok(erasing)
}

fn start(place: Option<&Place>) -> Option<WalkMark> {
    place.map(|place| WalkMark { place: *place, mark: None })
}

/// How many rows of a page were forgotten, and where the next page begins. If one fails the page is looked at again: none is
/// passed over.
async fn rows(
    app: &App,
    place: Place,
    table: Table,
    mark: Option<&str>,
    subject: DataSubject,
    now: Timestamp,
) -> Result<(u64, Option<String>), NotForgotten> {
    let corrupt = |BadMark| StoreError::Corrupt { table: Table::Tombstones.suffix(), what: "a walk's mark" };
    let mark = mark.map(Mark::from_text).transpose().map_err(corrupt)?;
    let page = app.walk.page(table, mark.as_ref()).await?;
    let named = |item: &&Item| sources::mention(place, item, subject) != Mention::None;
    let named: Vec<&Item> = page.items.iter().filter(named).collect();
    let mut erased: u64 = 0;
    for some in named.chunks(AT_ONCE) {
        for done in join_all(some.iter().map(|item| sources::forget(app, place, item, subject, now))).await {
            erased = erased.saturating_add(u64::from(done?));
        }
    }
    let next = page.next.map(|next| next.to_text()).transpose().map_err(corrupt)?;
    Ok((erased, next))
}
