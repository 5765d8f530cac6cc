//! `YouTube`'s Data API, version 3: one's own playlists and what is in them
//! (<https://developers.google.com/youtube/v3/docs/playlistItems/list>).

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

use super::answers::json as answer;
use super::bearer;
use super::desk::At;
use super::form::Fields;
use super::people::Account;
use super::service::Service;
use super::songs::{Playlist, PlaylistEntry, made_up_id};
use crate::machine;

/// Each of them may read.
const SCOPES: [&str; 3] = [
    "https://www.googleapis.com/auth/youtube.readonly",
    "https://www.googleapis.com/auth/youtube",
    "https://www.googleapis.com/auth/youtube.force-ssl",
];
/// When everything was published.
const AT: &str = "2024-03-01T18:00:00Z";

/// `GET /youtube/v3/playlists`, with `mine=true` or `id`.
pub(super) async fn playlists(
    State(at): State<At>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let answered = read(&at, &headers, query.as_deref(), |account, fields| {
        let id = fields.get("id");
        if id.is_none() && fields.get("mine") != Some("true") {
            return Err(Wrong::bad(
                "missingRequiredParameter",
                "No filter selected. Expected one of: id, mine",
            ));
        }
        let wanted = |list: &&Playlist| id.is_none_or(|id| id.split(',').any(|one| one == list.id));
        let views = account.playlists.iter().filter(wanted).map(|list| playlist(list, account)).collect();
        list("youtube#playlistListResponse", views, fields)
    });
    answered.unwrap_or_else(Wrong::response)
}

/// `GET /youtube/v3/playlistItems`, with `playlistId`.
pub(super) async fn playlist_items(
    State(at): State<At>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let answered = read(&at, &headers, query.as_deref(), |account, fields| {
        let id = fields.get("playlistId").ok_or_else(|| {
            Wrong::bad("missingRequiredParameter", "No filter selected. Expected one of: id, playlistId")
        })?;
        let found = account.playlist(id).ok_or(Wrong {
            status: StatusCode::NOT_FOUND,
            reason: "playlistNotFound",
            message: "The playlist identified with the request's playlistId parameter cannot be found.",
        })?;
        let views = (0_u32..).zip(&found.entries).map(|(n, entry)| item(n, entry, found, account));
        list("youtube#playlistItemListResponse", views.collect(), fields)
    });
    answered.unwrap_or_else(Wrong::response)
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wrong {
    status: StatusCode,
    reason: &'static str,
    message: &'static str,
}

impl Wrong {
    fn bad(reason: &'static str, message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, reason, message }
    }

    const NOBODY: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        reason: "authError",
        message: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
                  other valid authentication credential.",
    };

    const NO_SCOPE: Self = Self {
        status: StatusCode::FORBIDDEN,
        reason: "insufficientPermissions",
        message: "Request had insufficient authentication scopes.",
    };

    /// <https://developers.google.com/youtube/v3/docs/errors>.
    fn response(self) -> Response {
        let Self { status, reason, message } = self;
        let (word, domain) = match status {
            StatusCode::UNAUTHORIZED => ("UNAUTHENTICATED", "global"),
            StatusCode::FORBIDDEN => ("PERMISSION_DENIED", "global"),
            StatusCode::NOT_FOUND => ("NOT_FOUND", "youtube.playlistItem"),
            _ => ("INVALID_ARGUMENT", "youtube.parameter"),
        };
        let mut body = json!({ "error": {
            "code": status.as_u16(), "message": message, "status": word,
            "errors": [{ "message": message, "domain": domain, "reason": reason }],
        } });
        if self == Self::NO_SCOPE {
            body["error"]["details"] = json!([{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com", "metadata": { "service": "youtube.googleapis.com" },
            }]);
        }
        let mut response = answer(status, &body);
        let challenge = match status {
            StatusCode::UNAUTHORIZED => {
                "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\""
            }
            StatusCode::FORBIDDEN => {
                "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\""
            }
            _ => return response,
        };
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        response
    }
}

/// Answers the owner of the token, if it may read.
fn read(
    at: &At,
    headers: &HeaderMap,
    query: Option<&str>,
    view: impl FnOnce(&Account, &Fields) -> Result<Value, Wrong>,
) -> Result<Response, Wrong> {
    let desk = at.desk();
    let owner = bearer::owner(Service::YouTube, headers, &desk.book, machine::now());
    let (grant, _) = owner.map_err(|_| Wrong::NOBODY)?;
    if !grant.scopes.iter().any(|scope| SCOPES.contains(&scope.as_str())) {
        return Err(Wrong::NO_SCOPE);
    }
    let account = desk.account(grant).ok_or(Wrong::NOBODY)?;
    let twice = |_| Wrong::bad("invalidParameter", "A parameter is there more than once.");
    let fields = Fields::parse(query.unwrap_or_default().as_bytes()).map_err(twice)?;
    Ok(answer(StatusCode::OK, &view(account, &fields)?))
}

/// One page of `maxResults` (0 to 50, 5 if nothing is said) with the parts that are asked for.
fn list(kind: &str, all: Vec<Value>, fields: &Fields) -> Result<Value, Wrong> {
    let part = fields.get("part");
    let part = part.ok_or_else(|| Wrong::bad("missingRequiredParameter", "No value for parameter part."))?;
    let most = fields.get("maxResults").map_or(Ok(5), str::parse::<usize>);
    let most = most.ok().filter(|most| *most <= 50);
    let most = most.ok_or_else(|| Wrong::bad("invalidParameter", "maxResults is a number from 0 to 50."))?;
    let from = fields.get("pageToken").map_or(Some(0), page_from);
    let from =
        from.ok_or_else(|| Wrong::bad("invalidPageToken", "The request specifies an invalid page token."))?;
    let (total, next) = (all.len(), from.saturating_add(most));
    let parts: Vec<&str> = part.split(',').map(str::trim).collect();
    let items: Vec<Value> = all.into_iter().skip(from).take(most).map(|one| only(one, &parts)).collect();
    let mut body = json!({
        "kind": kind, "etag": made_up_id(kind, 27), "items": items,
        "pageInfo": { "totalResults": total, "resultsPerPage": most },
    });
    if next < total {
        body["nextPageToken"] = json!(page_token(next));
    }
    if from > 0 {
        body["prevPageToken"] = json!(page_token(from.saturating_sub(most)));
    }
    Ok(body)
}

/// A resource without the parts that nobody asked for.
fn only(resource: Value, parts: &[&str]) -> Value {
    let Value::Object(resource) = resource else { return resource };
    let keep = |name: &str| matches!(name, "kind" | "etag" | "id") || parts.contains(&name);
    Value::Object(resource.into_iter().filter(|(name, _)| keep(name)).collect::<Map<_, _>>())
}

/// Opaque to whoever gets it.
fn page_token(from: usize) -> String {
    BASE64URL_NOPAD.encode(format!("from {from}").as_bytes())
}

fn page_from(token: &str) -> Option<usize> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("from ")?.parse().ok()
}

fn playlist(list: &Playlist, owner: &Account) -> Value {
    let Playlist { id, name, entries } = list;
    json!({
        "kind": "youtube#playlist",
        "etag": made_up_id(id, 27),
        "id": id,
        "snippet": {
            "publishedAt": AT, "channelId": owner.channel(), "title": name, "description": "", "thumbnails": {},
            "channelTitle": owner.name, "localized": { "title": name, "description": "" },
        },
        "contentDetails": { "itemCount": entries.len() },
    })
}

/// What is private or deleted keeps its place and loses what it was called.
fn item(position: u32, entry: &PlaylistEntry, list: &Playlist, owner: &Account) -> Value {
    let unnamed = made_up_id(&format!("{} {position}", list.id), 11);
    let (video, title, description, artist) = match entry {
        PlaylistEntry::Song { id, title, artists, .. } => (id, title.as_str(), "", artists.first()),
        PlaylistEntry::Local { .. } => (&unnamed, "Private video", "This video is private.", None),
        PlaylistEntry::Gone => (&unnamed, "Deleted video", "This video is unavailable.", None),
    };
    let mut view = json!({
        "kind": "youtube#playlistItem",
        "etag": made_up_id(video, 27),
        "id": made_up_id(&format!("{}/{position}", list.id), 40),
        "snippet": {
            "publishedAt": AT, "channelId": owner.channel(), "title": title, "description": description,
            "thumbnails": {}, "channelTitle": owner.name, "playlistId": list.id, "position": position,
            "resourceId": { "kind": "youtube#video", "videoId": video },
        },
        "contentDetails": { "videoId": video },
    });
    if let Some(artist) = artist {
        view["snippet"]["videoOwnerChannelTitle"] = json!(format!("{artist} - Topic"));
        view["snippet"]["videoOwnerChannelId"] = json!(format!("UC{}", made_up_id(artist, 22)));
        view["contentDetails"]["videoPublishedAt"] = json!(AT);
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(query: &str) -> Result<Value, Wrong> {
        let all = (0..7).map(|n| json!({ "id": n, "snippet": { "title": "x" }, "contentDetails": {} }));
        list("kind", all.collect(), &Fields::parse(query.as_bytes()).unwrap())
    }

    #[test]
    fn pages_follow_each_other_by_their_tokens() {
        let first = listed("part=snippet").unwrap();
        assert_eq!(first["pageInfo"], json!({ "totalResults": 7, "resultsPerPage": 5 }));
        assert_eq!(first.get("prevPageToken"), None);
        let token = first["nextPageToken"].as_str().unwrap();
        let second = listed(&format!("part=snippet&pageToken={token}")).unwrap();
        assert_eq!((second["items"].as_array().unwrap().len(), &second["items"][0]["id"]), (2, &json!(5)));
        assert_eq!(second.get("nextPageToken"), None);
        let back = listed(&format!("part=snippet&pageToken={}", second["prevPageToken"].as_str().unwrap()));
        assert_eq!(back.unwrap()["items"][0]["id"], 0);
    }

    #[test]
    fn only_the_parts_that_are_asked_for_are_there() {
        let item = |query| listed(query).unwrap()["items"][0].clone();
        assert_eq!(item("part=contentDetails"), json!({ "id": 0, "contentDetails": {} }));
        assert_eq!(item("part=snippet,%20contentDetails").as_object().unwrap().len(), 3);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, reason) in [
            ("", "missingRequiredParameter"),
            ("part=id&maxResults=51", "invalidParameter"),
            ("part=id&maxResults=x", "invalidParameter"),
            ("part=id&pageToken=x", "invalidPageToken"),
        ] {
            assert_eq!(listed(query).unwrap_err().reason, reason, "{query}");
        }
    }
}
