use serde_json::json;

use super::*;

/// Follows a list to its end; how many requests that took, and what was in it.
async fn spotify_list(wire: &Wire, token: &str, path: &str) -> (usize, Vec<Value>) {
    let (mut next, mut all, mut pages) = (Some(wire.url(Service::Spotify, path)), Vec::new(), 0);
    while let Some(url) = next {
        let said = Said::of(wire.http.get(url).bearer_auth(token).send().await.unwrap()).await;
        assert_eq!(said.status, 200, "{said:?}");
        all.extend(said.body["items"].as_array().unwrap().clone());
        next = said.body["next"].as_str().map(str::to_owned);
        pages += 1;
        assert!(pages < 20);
    }
    (pages, all)
}

async fn youtube_list(wire: &Wire, token: &str, path: &str) -> (usize, Vec<Value>) {
    let (mut page, mut all, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let said = wire.get(Service::YouTube, &format!("{path}{page}"), Some(token)).await;
        assert_eq!(said.status, 200, "{said:?}");
        all.extend(said.body["items"].as_array().unwrap().clone());
        pages += 1;
        assert!(pages < 20);
        let Some(next) = said.body["nextPageToken"].as_str() else { return (pages, all) };
        page = format!("&pageToken={next}");
    }
}

#[tokio::test]
async fn spotify_reads_playlists_page_by_page() {
    let wire = Wire::start();
    let token = wire.linked(Service::Spotify).await.text("access_token");
    let (pages, lists) = spotify_list(&wire, &token, "/v1/me/playlists?limit=1").await;
    assert_eq!((pages, lists.len()), (2, 2));
    assert_eq!((&lists[0]["name"], &lists[0]["items"]["total"]), (&json!("Friday Night"), &json!(10)));
    let long = lists[1]["id"].as_str().unwrap();
    for (path, name) in [("items", "item"), ("tracks", "track")] {
        let (pages, all) =
            spotify_list(&wire, &token, &format!("/v1/playlists/{long}/{path}?limit=50")).await;
        assert_eq!((pages, all.len()), (3, 137));
        let track = &all[136][name];
        assert!(track["duration_ms"].as_u64().unwrap() > 0 && track["external_urls"]["spotify"].is_string());
        assert!(track["artists"][0]["name"].as_str().is_some_and(|artist| artist.starts_with("The ")));
        assert_eq!((&track["type"], &all[136]["is_local"]), (&json!("track"), &json!(false)));
    }
    let href = lists[0]["items"]["href"].as_str().unwrap();
    let short = Said::of(wire.http.get(href).bearer_auth(&token).send().await.unwrap()).await;
    let items = short.body["items"].as_array().unwrap();
    assert_eq!(items.iter().filter(|one| one["is_local"] == true).count(), 1);
    assert_eq!(items.iter().filter(|one| one["item"].is_null()).count(), 1);
}

#[tokio::test]
async fn spotify_says_what_it_does_not_give() {
    let wire = Wire::start();
    let token = wire.linked(Service::Spotify).await.text("access_token");
    let grace = wire.person(Service::Spotify, 1);
    let poor = wire.code_for(Service::Spotify, "user-read-email", &grace).await;
    let poor = wire.exchange(Service::Spotify, &poor).await.text("access_token");
    for (path, token, status, words) in [
        ("/v1/me/playlists", None, 401, "No token provided"),
        ("/v1/me/playlists", Some("x"), 401, "Invalid access token"),
        ("/v1/me/playlists", Some(poor.as_str()), 403, "Insufficient client scope"),
        ("/v1/me/playlists?limit=51", Some(token.as_str()), 400, "Invalid limit"),
        ("/v1/playlists/none/items", Some(token.as_str()), 404, "Resource not found"),
        ("/v1/playlists/none/tracks", Some(token.as_str()), 404, "Resource not found"),
    ] {
        let said = wire.get(Service::Spotify, path, token).await;
        assert_eq!((said.status, &said.body["error"]["message"]), (status, &json!(words)), "{path}");
        assert_eq!(said.body["error"]["status"], status);
    }
}

#[tokio::test]
async fn a_playlist_is_its_owners() {
    let wire = Wire::start();
    let ada = wire.linked(Service::Spotify).await.text("access_token");
    let grace =
        wire.code_for(Service::Spotify, "playlist-read-private", &wire.person(Service::Spotify, 1)).await;
    let grace = wire.exchange(Service::Spotify, &grace).await.text("access_token");
    let (_, lists) = spotify_list(&wire, &ada, "/v1/me/playlists").await;
    let path = format!("/v1/playlists/{}/items", lists[0]["id"].as_str().unwrap());
    assert_eq!(wire.get(Service::Spotify, &path, Some(&grace)).await.status, 404);
}

#[tokio::test]
async fn youtube_reads_playlists_page_by_page() {
    let wire = Wire::start();
    let token = wire.linked(Service::YouTube).await.text("access_token");
    let path = "/youtube/v3/playlists?mine=true&part=snippet,contentDetails&maxResults=1";
    let (pages, lists) = youtube_list(&wire, &token, path).await;
    assert_eq!((pages, lists.len()), (2, 2));
    assert_eq!(lists[0]["snippet"]["title"], "Friday Night");
    assert_eq!(lists[1]["contentDetails"]["itemCount"], 137);
    let items = |list: &Value| {
        let id = list["id"].as_str().unwrap();
        format!("/youtube/v3/playlistItems?playlistId={id}&part=snippet,contentDetails&maxResults=50")
    };
    let (pages, all) = youtube_list(&wire, &token, &items(&lists[1])).await;
    assert_eq!((pages, all.len()), (3, 137));
    let last = &all[136];
    assert_eq!(last["snippet"]["position"], 136);
    assert_eq!(last["snippet"]["resourceId"]["videoId"], last["contentDetails"]["videoId"]);
    assert!(last["snippet"]["videoOwnerChannelTitle"].as_str().unwrap().ends_with(" - Topic"));
    let (_, all) = youtube_list(&wire, &token, &items(&lists[0])).await;
    let gone = all.iter().filter(|one| one["snippet"].get("videoOwnerChannelTitle").is_none());
    let mut titles: Vec<_> = gone.map(|one| one["snippet"]["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Deleted video", "Private video"]);
}

#[tokio::test]
async fn youtube_says_what_it_does_not_give() {
    let wire = Wire::start();
    let token = wire.linked(Service::YouTube).await.text("access_token");
    let poor = wire.code_for(Service::YouTube, "openid", &wire.person(Service::YouTube, 1)).await;
    let poor = wire.exchange(Service::YouTube, &poor).await.text("access_token");
    let own = Some(token.as_str());
    for (path, token, status, reason) in [
        ("playlists?mine=true&part=id", None, 401, "authError"),
        ("playlists?mine=true&part=id", Some("x"), 401, "authError"),
        ("playlists?mine=true&part=id", Some(poor.as_str()), 403, "insufficientPermissions"),
        ("playlists?part=id", own, 400, "missingRequiredParameter"),
        ("playlists?mine=true", own, 400, "missingRequiredParameter"),
        ("playlistItems?part=id", own, 400, "missingRequiredParameter"),
        ("playlistItems?part=id&playlistId=none", own, 404, "playlistNotFound"),
        ("playlists?mine=true&part=id&pageToken=x", own, 400, "invalidPageToken"),
    ] {
        let said = wire.get(Service::YouTube, &format!("/youtube/v3/{path}"), token).await;
        let error = &said.body["error"];
        assert_eq!((said.status, &error["errors"][0]["reason"]), (status, &json!(reason)), "{path}");
        assert_eq!(error["code"], status);
        if status == 403 {
            assert_eq!(error["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
        }
    }
}
