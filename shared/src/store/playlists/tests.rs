use super::*;
use crate::domain::playlist::PLAYLIST_TRACKS_MAX;
use crate::domain::track::Track;
use crate::security::track_url::{Query, UrlPolicy};
use testkit::{Aws, Fault};

const GUILD: GuildId = GuildId::new(1);
const ANN: UserId = UserId::new(10);

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn store(aws: &Aws) -> PlaylistStore {
    PlaylistStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn name(text: &str) -> PlaylistName {
    text.parse().unwrap()
}

fn playlist(called: &str, count: usize) -> Playlist {
    let track =
        |number| Track::from_query(Query::parse(&format!("song {number}"), UrlPolicy::HTTPS_ONLY).unwrap());
    Playlist::new(name(called), ANN, (0..count).map(track).collect()).unwrap()
}

async fn names(store: &PlaylistStore, typed: &str) -> Vec<String> {
    let found = store.suggest(GUILD, typed, 25).await.unwrap();
    found.into_iter().map(|info| info.name.into()).collect()
}

#[tokio::test]
async fn the_largest_playlist_comes_back_as_it_was() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let saved = playlist("Don't Stop: #1", PLAYLIST_TRACKS_MAX);
    store.save(GUILD, &saved, None, now()).await.unwrap();
    assert_eq!(store.load(GUILD, &name("DON'T  stop: #1")).await.unwrap(), Some(saved));
    assert_eq!(store.load(GuildId::new(2), &name("Don't Stop: #1")).await.unwrap(), None);
    assert_eq!(store.load(GUILD, &name("Don't Stop: #")).await.unwrap(), None);
}

#[tokio::test]
async fn a_header_is_told_from_the_other_rows() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.save(GUILD, &playlist("p#t#", 60), None, now()).await.unwrap();
    let table = format!("{}-playlists", aws.prefix());
    let rows = aws.dynamodb().scan().table_name(table).send().await.unwrap().items.unwrap();
    let mut found: Vec<_> = rows.iter().filter_map(|row| PlaylistStore::found(row).unwrap()).collect();
    assert_eq!((rows.len(), found.len()), (4, 1));
    let (guild, info) = found.remove(0);
    assert_eq!((guild, info.owner, info.tracks), (GUILD, ANN, 60));
    assert_eq!(store.delete(guild, &info).await, Ok(()));
}

#[tokio::test]
async fn replacing_takes_the_one_that_was_seen_and_leaves_no_page() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.save(GUILD, &playlist("Road Trip", 120), None, now()).await.unwrap();
    let seen = store.find(GUILD, &name("road trip")).await.unwrap().unwrap();
    assert_eq!((seen.tracks, seen.owner, seen.pages), (120, ANN, 3));
    let shorter = playlist("ROAD TRIP", 10);
    assert_eq!(store.save(GUILD, &shorter, None, now()).await, Err(PlaylistStoreError::Changed));
    store.save(GUILD, &shorter, Some(&seen), now()).await.unwrap();
    assert_eq!(store.save(GUILD, &shorter, Some(&seen), now()).await, Err(PlaylistStoreError::Changed));
    assert_eq!(store.delete(GUILD, &seen).await, Err(PlaylistStoreError::Changed));
    assert_eq!(store.load(GUILD, &name("Road Trip")).await.unwrap(), Some(shorter));
    let table = format!("{}-playlists", aws.prefix());
    let rows = aws.dynamodb().scan().table_name(table).send().await.unwrap();
    assert_eq!(rows.count, 3, "header, one page, counter");
}

#[tokio::test]
async fn a_deleted_playlist_is_gone_and_its_name_is_free() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.save(GUILD, &playlist("x", 60), None, now()).await.unwrap();
    let seen = store.find(GUILD, &name("x")).await.unwrap().unwrap();
    store.delete(GUILD, &seen).await.unwrap();
    assert_eq!(store.find(GUILD, &name("x")).await.unwrap(), None);
    let later = Timestamp::from_second(1_800_000_001).unwrap();
    store.save(GUILD, &playlist("x", 1), None, later).await.unwrap();
    assert_eq!(store.delete(GUILD, &seen).await, Err(PlaylistStoreError::Changed), "a stale find");
}

#[tokio::test]
async fn a_guild_has_a_hundred_at_most_and_another_guild_its_own() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for number in 0..PLAYLISTS_MAX {
        store.save(GUILD, &playlist(&format!("list {number:03}"), 1), None, now()).await.unwrap();
    }
    let refusal = Err(PlaylistStoreError::TooMany { limit: PLAYLISTS_MAX });
    assert_eq!(store.save(GUILD, &playlist("one more", 1), None, now()).await, refusal);
    assert_eq!(store.list(GUILD).await.unwrap().len(), 100);
    store.save(GuildId::new(2), &playlist("one more", 1), None, now()).await.unwrap();
    let one = store.find(GUILD, &name("list 007")).await.unwrap().unwrap();
    store.save(GUILD, &playlist("list 007", 2), Some(&one), now()).await.unwrap();
    let one = store.find(GUILD, &name("list 007")).await.unwrap().unwrap();
    store.delete(GUILD, &one).await.unwrap();
    store.save(GUILD, &playlist("one more", 1), None, now()).await.unwrap();
}

#[tokio::test]
async fn names_are_suggested_by_what_they_begin_with() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for called in ["Café del Mar", "cabaret", "Dance", "c#"] {
        store.save(GUILD, &playlist(called, 1), None, now()).await.unwrap();
    }
    assert_eq!(names(&store, "CA").await, ["cabaret", "Café del Mar"]);
    assert_eq!(names(&store, "").await, ["c#", "cabaret", "Café del Mar", "Dance"]);
    assert_eq!(names(&store, "cafe\u{301}").await, ["Café del Mar"]);
    assert_eq!(names(&store, &"x".repeat(6000)).await, Vec::<String>::new());
    assert_eq!(store.suggest(GUILD, "c", 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_store_that_fails_says_so() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.fault(Fault::Status500);
    let refused = store.save(GUILD, &playlist("x", 1), None, now()).await;
    assert!(matches!(refused, Err(PlaylistStoreError::Store(StoreError::Unavailable { .. }))));
    assert!(store.load(GUILD, &name("x")).await.is_err());
    aws.fault(Fault::TransactionConflict);
    let refused = store.save(GUILD, &playlist("x", 1), None, now()).await;
    assert!(matches!(refused, Err(PlaylistStoreError::Store(StoreError::Contended { .. }))));
}
