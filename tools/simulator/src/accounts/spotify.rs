//! Spotify's Web API: playlists and what is in them (<https://developer.spotify.com/documentation/web-api>). Where they
//! are read is `/items`, with `item` in each place; `/tracks`, with `track`, is the older name of it, and is closed to
//! apps in development mode since March 2026
//! (<https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide>).

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::answers::json as answer;
use super::bearer;
use super::book::Dead;
use super::desk::At;
use super::form::Fields;
use super::people::Account;
use super::service::Service;
use super::songs::{Playlist, PlaylistEntry, made_up_id};
use super::whoami::dead;
use crate::machine;

/// What reading private playlists takes. All of these are private.
const SCOPE: &str = "playlist-read-private";
/// When everything was added, and everybody's market.
const ADDED_AT: &str = "2024-03-01T18:00:00Z";

/// A part of a list (`limit`: 1 to 50, 20 if nothing is said; `offset`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    limit: usize,
    offset: usize,
}

/// `GET /v1/me/playlists`.
pub(super) async fn playlists(
    State(at): State<At>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let answered = read(&at, &headers, query.as_deref(), |account, part, base| {
        let views = account.playlists.iter().map(|list| playlist(list, account, base)).collect();
        Ok(page(&format!("{base}/v1/me/playlists"), views, part))
    });
    answered.unwrap_or_else(Wrong::response)
}

/// `GET /v1/playlists/{id}`.
pub(super) async fn about(State(at): State<At>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let answered = read(&at, &headers, None, |account, _, base| {
        account.playlist(&id).map(|list| playlist(list, account, base)).ok_or(Wrong::NOT_FOUND)
    });
    answered.unwrap_or_else(Wrong::response)
}

/// `GET /v1/playlists/{id}/items`.
pub(super) async fn items(
    state: State<At>,
    headers: HeaderMap,
    Path(id): Path<String>,
    query: RawQuery,
) -> Response {
    entries(state, &headers, &id, query, ("items", "item"))
}

/// `GET /v1/playlists/{id}/tracks`.
pub(super) async fn tracks(
    state: State<At>,
    headers: HeaderMap,
    Path(id): Path<String>,
    query: RawQuery,
) -> Response {
    entries(state, &headers, &id, query, ("tracks", "track"))
}

fn entries(
    State(at): State<At>,
    headers: &HeaderMap,
    id: &str,
    RawQuery(query): RawQuery,
    (path, name): (&str, &str),
) -> Response {
    let answered = read(&at, headers, query.as_deref(), |account, part, base| {
        let list = account.playlist(id).ok_or(Wrong::NOT_FOUND)?;
        let views = list.entries.iter().map(|entry| {
            json!({
                "added_at": ADDED_AT, "added_by": { "id": account.id, "type": "user" }, "primary_color": null,
                "is_local": matches!(entry, PlaylistEntry::Local { .. }), name: track(entry),
            })
        });
        Ok(page(&format!("{base}/v1/playlists/{id}/{path}"), views.collect(), part))
    });
    answered.unwrap_or_else(Wrong::response)
}

/// Answers the owner of the token, if it may read playlists.
fn read(
    at: &At,
    headers: &HeaderMap,
    query: Option<&str>,
    view: impl FnOnce(&Account, Part, &str) -> Result<Value, Wrong>,
) -> Result<Response, Wrong> {
    let desk = at.desk();
    let owner = bearer::owner(Service::Spotify, headers, &desk.book, machine::now());
    let (grant, _) = owner.map_err(Wrong::Token)?;
    if !grant.scopes.iter().any(|scope| scope == SCOPE) {
        return Err(Wrong::Request(StatusCode::FORBIDDEN, "Insufficient client scope"));
    }
    let account = desk.account(grant).ok_or(Wrong::NOT_FOUND)?;
    let part =
        Part::read(query.unwrap_or_default()).map_err(|why| Wrong::Request(StatusCode::BAD_REQUEST, why))?;
    let base = format!("http://{}{}", at.core.addresses.rest, Service::Spotify.root());
    let body = view(account, part, &base)?;
    Ok(answer(StatusCode::OK, &body))
}

/// Why nothing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Token(Dead),
    Request(StatusCode, &'static str),
}

impl Wrong {
    const NOT_FOUND: Self = Self::Request(StatusCode::NOT_FOUND, "Resource not found");

    fn response(self) -> Response {
        match self {
            Self::Token(why) => dead(Service::Spotify, why),
            Self::Request(status, message) => {
                answer(status, &json!({ "error": { "status": status.as_u16(), "message": message } }))
            }
        }
    }
}

impl Part {
    fn read(query: &str) -> Result<Self, &'static str> {
        let fields = Fields::parse(query.as_bytes()).map_err(|_| "Invalid query")?;
        let number = |name, without: usize| fields.get(name).map_or(Ok(without), str::parse);
        let limit =
            number("limit", 20).ok().filter(|limit| (1..=50).contains(limit)).ok_or("Invalid limit")?;
        let offset = number("offset", 0).map_err(|_| "Invalid offset")?;
        Ok(Self { limit, offset })
    }
}

/// One page, with the addresses of its neighbours.
fn page(address: &str, all: Vec<Value>, Part { limit, offset }: Part) -> Value {
    let at = |offset: usize| format!("{address}?offset={offset}&limit={limit}");
    let total = all.len();
    let next = offset.saturating_add(limit);
    json!({
        "href": at(offset),
        "limit": limit,
        "next": (next < total).then(|| at(next)),
        "offset": offset,
        "previous": (offset > 0).then(|| at(offset.saturating_sub(limit))),
        "total": total,
        "items": all.into_iter().skip(offset).take(limit).collect::<Vec<_>>(),
    })
}

fn playlist(list: &Playlist, owner: &Account, base: &str) -> Value {
    let Playlist { id, name, entries } = list;
    let href = format!("{base}/v1/playlists/{id}");
    let content = |path: &str| json!({ "href": format!("{href}/{path}"), "total": entries.len() });
    json!({
        "collaborative": false,
        "description": "",
        "external_urls": open("playlist", id),
        "href": href,
        "id": id,
        "images": [],
        "name": name,
        "owner": {
            "display_name": owner.name, "external_urls": open("user", &owner.id), "id": owner.id, "type": "user",
            "uri": format!("spotify:user:{}", owner.id),
        },
        "primary_color": null,
        "public": false,
        "snapshot_id": made_up_id(name, 32),
        "items": content("items"),
        "tracks": content("tracks"),
        "type": "playlist",
        "uri": format!("spotify:playlist:{id}"),
    })
}

fn open(kind: &str, id: &str) -> Value {
    json!({ "spotify": format!("https://open.spotify.com/{kind}/{id}") })
}

/// A track; a local file has no id and leads nowhere, and where one was taken away there is nothing.
fn track(entry: &PlaylistEntry) -> Value {
    match entry {
        PlaylistEntry::Song { id, title, artists, seconds } => {
            let artists = artists.iter().map(|name| {
                let id = made_up_id(name, 22);
                json!({
                    "external_urls": open("artist", &id), "id": id, "name": name, "type": "artist",
                    "uri": format!("spotify:artist:{id}"),
                })
            });
            let album = json!({ "name": format!("{title} (Single)"), "type": "album", "images": [] });
            json!({
                "album": album, "artists": artists.collect::<Vec<_>>(), "disc_number": 1,
                "duration_ms": u64::from(*seconds) * 1000, "episode": false, "explicit": false,
                "external_urls": open("track", id), "href": format!("https://api.spotify.com/v1/tracks/{id}"),
                "id": id, "is_local": false, "name": title, "track": true, "track_number": 1, "type": "track",
                "uri": format!("spotify:track:{id}"),
            })
        }
        PlaylistEntry::Local { title, artist, seconds } => json!({
            "album": { "name": "", "type": "album", "images": [] },
            "artists": [{ "external_urls": {}, "id": null, "name": artist, "type": "artist", "uri": null }],
            "disc_number": 0, "duration_ms": u64::from(*seconds) * 1000, "explicit": false,
            "external_urls": {}, "href": null, "id": null, "is_local": true, "name": title,
            "track_number": 0, "type": "track", "uri": local_uri(title, artist, *seconds),
        }),
        PlaylistEntry::Gone => Value::Null,
    }
}

/// `spotify:local:{artist}:{album}:{title}:{seconds}`.
fn local_uri(title: &str, artist: &str, seconds: u32) -> String {
    let plus = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("spotify:local:{}::{}:{seconds}", plus(artist), plus(title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_its_bounds() {
        assert_eq!(Part::read(""), Ok(Part { limit: 20, offset: 0 }));
        assert_eq!(Part::read("limit=50&offset=100&market=from_token"), Ok(Part { limit: 50, offset: 100 }));
        for bad in ["limit=0", "limit=51", "limit=-1", "offset=-1", "offset=x", "limit=1&limit=2"] {
            assert!(Part::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn pages_lead_to_their_neighbours_and_end() {
        let all: Vec<Value> = (0..5).map(Value::from).collect();
        let page = |offset| page("a", all.clone(), Part { limit: 2, offset });
        let (first, last, beyond) = (page(0), page(4), page(9));
        assert_eq!((&first["next"], &first["previous"]), (&json!("a?offset=2&limit=2"), &Value::Null));
        assert_eq!((&last["items"], &last["next"]), (&json!([4]), &Value::Null));
        assert_eq!(last["previous"], "a?offset=2&limit=2");
        assert_eq!((&beyond["items"], &beyond["total"]), (&json!([]), &json!(5)));
    }

    #[test]
    fn a_local_file_leads_nowhere() {
        let (title, artist) = ("Demo: 1".to_owned(), "Us".to_owned());
        let local = track(&PlaylistEntry::Local { title, artist, seconds: 9 });
        assert_eq!(local["uri"], "spotify:local:Us::Demo%3A+1:9");
        assert_eq!((&local["id"], &local["external_urls"]), (&Value::Null, &json!({})));
        assert_eq!(track(&PlaylistEntry::Gone), Value::Null);
    }
}
