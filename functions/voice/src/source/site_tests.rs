use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::testing::{Reply, Server, client};

/// A tool that is this script.
fn tool(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("yt-dlp");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn sites(folder: &Path, script: &str, servers: &[&Server]) -> Sites {
    let proxy = "http://127.0.0.1:9".to_owned();
    Sites { program: tool(folder, script), proxy, net: client(servers) }
}

#[tokio::test]
async fn only_the_pinned_version_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let program = tool(folder.path(), "echo 2026.11.01");
    let check = |pinned| Sites::check(program.clone(), pinned, String::new(), client(&[]));
    assert!(check("2026.11.01").await.is_ok());
    assert_eq!(check("2026.10.01").await.err(), Some(BadTool::Version("2026.11.01".to_owned())));
    let absent = Sites::check(folder.path().join("nothing"), "1", String::new(), client(&[])).await;
    assert_eq!(absent.err(), Some(BadTool::Absent));
}

#[tokio::test]
async fn a_page_leads_to_its_sound_through_the_guarded_connector() {
    let server = Server::start(|_| Reply::ok("audio/webm", b"sound")).await;
    let folder = tempfile::tempdir().unwrap();
    let json = format!(
        r#"{{"id":"x1","extractor_key":"Youtube","url":"{}","title":"Don'\''t Stop","uploader":"R&B","duration":61.5,
            "http_headers":{{"User-Agent":"UA","Cookie":"secret"}}}}"#,
        server.url("/sound")
    );
    let sites = sites(folder.path(), &format!("echo '{json}'"), &[&server]);
    let opened = sites.source(Wanted::Page("https://site.example.org/x1".into())).open().await.unwrap();
    assert_eq!(opened.about.tags.title, Title::parse("Don't Stop"));
    assert_eq!(opened.about.tags.artist, Title::parse("R&B"));
    assert_eq!(opened.about.length, Some(Duration::from_millis(61_500)));
    let request = &server.requests()[0];
    assert_eq!((request.header("user-agent"), request.header("cookie")), (Some("UA"), None));
}

#[tokio::test]
async fn a_query_never_becomes_an_option_or_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let script = format!("printf '%s\\n' \"$@\" > '{}'; exit 1", seen.display());
    let sites = sites(folder.path(), &script, &[]);
    for words in ["--exec touch /tmp/x", "$(touch /tmp/x)", "'; touch /tmp/x; '"] {
        let opened = sites.source(Wanted::Search(words.into())).open().await;
        assert_eq!(opened.err(), Some(PlayError::SiteFailed));
        let arguments = std::fs::read_to_string(&seen).unwrap();
        let lines: Vec<_> = arguments.lines().collect();
        assert_eq!(lines[lines.len() - 2..], ["--", &format!("ytsearch1:{words}")]);
        assert!(lines.windows(2).any(|pair| pair == ["--proxy", "http://127.0.0.1:9"]));
    }
}

#[tokio::test]
async fn the_tool_sees_nothing_of_our_environment_and_may_not_talk_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let endless = sites(folder.path(), &format!("env > '{}'; yes", seen.display()), &[]);
    let opened = endless.source(Wanted::Page("https://a.example.org/".into())).open().await;
    assert_eq!(opened.err(), Some(PlayError::SiteFailed));
    let environment = std::fs::read_to_string(&seen).unwrap();
    let names: Vec<_> = environment.lines().filter_map(|line| line.split('=').next()).collect();
    assert!(
        names.iter().all(|name| ["PATH", "LC_ALL", "PWD", "_", "SHLVL", "OLDPWD"].contains(name)),
        "{names:?}"
    );
}

#[tokio::test]
async fn what_the_tool_says_is_judged_like_a_typed_link() {
    let folder = tempfile::tempdir().unwrap();
    for (json, error) in [
        (r#"{"id":"1","url":"http://169.254.169.254/"}"#, PlayError::AddressNotAllowed),
        (r#"{"id":"1","url":"file:///etc/passwd"}"#, PlayError::AddressNotAllowed),
        (r#"{"id":"1"}"#, PlayError::SiteFailed),
        (r#"{"entries":[]}"#, PlayError::NotFound),
        ("not json", PlayError::SiteFailed),
        ("", PlayError::SiteFailed),
    ] {
        let sites = sites(folder.path(), &format!("echo '{json}'"), &[]);
        let opened = sites.source(Wanted::Search("x".into())).open().await;
        assert_eq!(opened.err(), Some(error), "{json}");
    }
}

#[test]
fn a_search_that_is_asked_twice_has_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let sites = sites(folder.path(), "", &[]);
    let key = |wanted| sites.source(wanted).key();
    assert_eq!(key(Wanted::Search("R&B".into())), key(Wanted::Search("r&b".into())));
    assert_ne!(key(Wanted::Search("a".into())), key(Wanted::Page("a".into())));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, duration: f64) {
        let _ = parse(&bytes);
        Page { duration: Some(duration), ..Page::default() }.about();
    }
}
