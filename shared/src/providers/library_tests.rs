use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn address(text: &str) -> PlaylistAddress {
    text.parse().unwrap()
}

fn read(provider: Provider, body: &Value) -> TrackPage {
    read_tracks(provider, body.to_string().as_bytes()).unwrap()
}

fn searched(track: &Track) -> &str {
    match track.source() {
        TrackSource::Search(words) => words.as_str(),
        TrackSource::Url(url) => url.as_str(),
    }
}

#[test]
fn each_service_is_asked_in_its_own_words() {
    let mut asked = Vec::new();
    for (address, next) in [
        (address("spotify:3cEYpjA9oz9GiPac4AsH4n"), Cursor::Offset(50)),
        (address("youtube:PL_x-1"), Cursor::Token("EAAaB&=".to_owned())),
    ] {
        asked.push(name_url(&address, None).unwrap());
        asked.push(tracks_url(&address, None, None).unwrap());
        asked.push(tracks_url(&address, Some(&next), None).unwrap());
    }
    insta::assert_snapshot!(asked.iter().map(Url::as_str).collect::<Vec<_>>().join("\n"));
    let base = Url::parse("http://127.0.0.1:9/accounts/spotify").unwrap();
    let local = name_url(&address("spotify:a"), Some(&base)).unwrap();
    assert_eq!(local.as_str(), "http://127.0.0.1:9/accounts/spotify/v1/playlists/a?fields=name");
}

#[test]
fn a_track_of_spotify_is_looked_for_by_artist_and_title() {
    let entry = json!({
        "name": "Don't Stop", "duration_ms": 193_400, "explicit": false,
        "artists": [{ "name": "Fleetwood Mac" }, { "name": "Somebody" }],
    });
    for word in ["item", "track"] {
        let page = read(Provider::Spotify, &json!({ "next": null, "offset": 0, "items": [{ word: entry }] }));
        let [track] = &page.tracks[..] else { panic!("{page:?}") };
        assert_eq!(searched(track), "Fleetwood Mac Don't Stop");
        assert_eq!(
            (track.title().as_str(), track.artist().unwrap().as_str()),
            ("Don't Stop", "Fleetwood Mac")
        );
        assert_eq!((track.duration_s(), track.explicit(), page.next.clone()), (Some(194), Some(false), None));
    }
}

#[test]
fn what_is_gone_or_is_no_music_is_left_out() {
    let items = json!([
        { "item": null, "track": null },
        { "item": { "name": "", "artists": [] } },
        { "item": { "name": "Kept", "artists": [] } },
        {},
    ]);
    let page = read(Provider::Spotify, &json!({ "items": items }));
    assert_eq!(page.tracks.iter().map(searched).collect::<Vec<_>>(), ["Kept"]);
    let video = |title: &str, owner: Option<&str>| json!({ "snippet": { "title": title, "videoOwnerChannelTitle": owner }, "contentDetails": { "videoId": "dQw4w9WgXcQ" } });
    let items = json!([video("Deleted video", None), video("Song", Some("Somebody - Topic"))]);
    let page = read(Provider::YouTube, &json!({ "items": items }));
    let [track] = &page.tracks[..] else { panic!("{page:?}") };
    assert_eq!(searched(track), "https://www.youtube.com/watch?v=dQw4w9WgXcQ");
    assert_eq!(track.artist().unwrap().as_str(), "Somebody");
}

#[test]
fn the_next_page_is_computed_and_never_an_address_of_the_answer() {
    let body = json!({ "next": "https://evil.example/", "offset": 50, "items": [] });
    assert_eq!(read(Provider::Spotify, &body).next, Some(Cursor::Offset(100)));
    let body = json!({ "nextPageToken": "EAAa", "items": [] });
    assert_eq!(read(Provider::YouTube, &body).next, Some(Cursor::Token("EAAa".to_owned())));
}

#[test]
fn a_name_or_none_or_an_answer_that_is_none() {
    let name = |provider, body: Value| read_name(provider, body.to_string().as_bytes());
    let whole = json!({ "name": "Mix", "items": { "href": "https://api.spotify.com/x", "total": 3 } });
    for body in [json!({ "name": "Mix" }), whole] {
        assert_eq!(name(Provider::Spotify, body), Ok(Some("Mix".to_owned())));
    }
    assert_eq!(name(Provider::Spotify, json!({})), Err(Malformed));
    let listed = json!({ "items": [{ "snippet": { "title": "Mix" } }] });
    assert_eq!(name(Provider::YouTube, listed), Ok(Some("Mix".to_owned())));
    assert_eq!(name(Provider::YouTube, json!({ "items": [] })), Ok(None));
    assert_eq!(name(Provider::YouTube, json!("odd")), Err(Malformed));
}

#[test]
fn a_very_long_title_still_makes_a_search() {
    let name = "very ".repeat(100);
    let body = json!({ "items": [{ "item": { "name": name, "artists": [{ "name": "x\u{0}y" }] } }] });
    let page = read(Provider::Spotify, &body);
    assert_eq!(page.tracks.len(), 1);
    assert!(searched(&page.tracks[0]).starts_with("xy very very"), "{}", searched(&page.tracks[0]));
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for provider in [Provider::Spotify, Provider::YouTube] {
            let _ = (read_name(provider, &bytes), read_tracks(provider, &bytes));
        }
    }

    #[test]
    fn no_title_makes_it_panic(name in "\\PC{0,300}", artist in any::<String>(), id in any::<String>()) {
        let spotify = json!({ "items": [{ "item": { "name": name, "artists": [{ "name": artist }] } }] });
        let details = json!({ "videoId": id });
        let snippet = json!({ "title": name, "videoOwnerChannelTitle": artist });
        let youtube = json!({ "items": [{ "snippet": snippet, "contentDetails": details }] });
        let _ = (read(Provider::Spotify, &spotify), read(Provider::YouTube, &youtube));
    }
}
