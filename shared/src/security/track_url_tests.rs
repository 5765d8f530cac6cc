use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Result<String, UrlError> {
    TrackUrl::parse(text, UrlPolicy::HTTPS_ONLY).map(String::from)
}

#[test]
fn ordinary_links_pass_unchanged() {
    for link in [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL123&index=4",
        "https://example.org/a%20b.mp3?x=1&y=(2)#t=30",
        "https://radio.example.org:8000/stream",
        "https://1.1.1.1/song.ogg",
        "https://[2606:4700:4700::1111]/song.ogg",
        "https://xn--mnchen-3ya.de/lied.mp3",
    ] {
        assert_eq!(parse(link).as_deref(), Ok(link));
    }
    assert_eq!(parse("HTTPS://Example.ORG/a").as_deref(), Ok("https://example.org/a"));
    assert_eq!(parse("https://münchen.de/lied.mp3").as_deref(), Ok("https://xn--mnchen-3ya.de/lied.mp3"));
}

#[test]
fn http_needs_the_policy_and_nothing_else_is_a_scheme() {
    let open = UrlPolicy { allow_http: true };
    assert_eq!(parse("http://example.org/a"), Err(UrlError::Scheme));
    assert!(!TrackUrl::parse("http://example.org/a", open).unwrap().is_https());
    for link in
        ["ftp://example.org/a", "file:///etc/passwd", "javascript://example.org/%0aalert(1)", "s3://b.c/k"]
    {
        assert_eq!(TrackUrl::parse(link, open), Err(UrlError::Scheme), "{link}");
    }
}

#[test]
fn private_hosts_are_refused_however_they_are_written() {
    for host in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "api.localhost",
        "printer.local",
        "metadata.google.internal",
        "metadata.google.internal.",
        "router.lan",
        "nas.home.arpa",
        "intranet",
        "example.org.",
        "example..org",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "１２７.０.０.１",
        "%31%32%37.0.0.1",
        "%6cocalhost",
        "169.254.169.254",
        "0xa9fea9fe",
        "10.0.0.1",
        "100.64.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
        "[fe80::1]",
    ] {
        assert_eq!(parse(&format!("https://{host}/a")), Err(UrlError::PrivateHost), "{host}");
    }
}

#[test]
fn names_that_merely_end_alike_are_public() {
    for host in ["mylocalhost.org", "notlocal.net", "inter.nal.com", "localhost.example.com", "xlan.fm"] {
        assert!(parse(&format!("https://{host}/a")).is_ok(), "{host}");
    }
}

#[test]
fn userinfo_is_refused_even_when_empty() {
    for authority in
        ["user@example.org", "user:pw@example.org", "@example.org", ":@example.org", "a@b@example.org"]
    {
        assert_eq!(parse(&format!("https://{authority}/a")), Err(UrlError::Userinfo), "{authority}");
    }
    assert!(parse("https://example.org/@user?x=a@b").is_ok());
}

#[test]
fn ports_are_the_webs_or_unprivileged() {
    for (port, good) in [(80, true), (443, true), (1024, true), (8443, true), (65535, true)] {
        assert_eq!(parse(&format!("https://example.org:{port}/")).is_ok(), good, "{port}");
    }
    for port in [0, 22, 25, 53, 110, 1023] {
        assert_eq!(parse(&format!("https://example.org:{port}/")), Err(UrlError::Port), "{port}");
    }
}

#[test]
fn ambiguous_text_never_reaches_the_parser() {
    for text in [
        "https:/example.org",
        "https:example.org",
        "https:///example.org",
        "https://",
        "https://?x",
        "https://exa\tmple.org/",
        "https://exam\nple.org/",
        "https://example.org\\@evil.org/",
        "https://example.org/\u{202e}3pm",
        "https://example.org/a b",
        " https://example.org/",
        "https://exa mple.org",
        "https://[::1",
        "https://example.org:99999/",
    ] {
        assert_eq!(parse(text), Err(UrlError::Malformed), "{text:?}");
    }
}

#[test]
fn length_is_in_bytes() {
    let stem = "https://example.org/";
    let fits = format!("{stem}{}", "a".repeat(URL_MAX - stem.len()));
    assert!(parse(&fits).is_ok());
    assert_eq!(parse(&format!("{fits}a")), Err(UrlError::TooLong));
    assert_eq!(parse(&format!("{stem}{}", "é".repeat(500))), Err(UrlError::TooLong));
}

#[test]
fn a_bad_url_is_an_error_and_not_a_search() {
    let query = |text| Query::parse(text, UrlPolicy::HTTPS_ONLY);
    assert_eq!(query("http://example.org"), Err(QueryError::Url(UrlError::Scheme)));
    assert_eq!(query("https://localhost/x"), Err(QueryError::Url(UrlError::PrivateHost)));
    assert_eq!(query("gopher://x"), Err(QueryError::Url(UrlError::Scheme)));
    assert_eq!(query("  "), Err(QueryError::Search(InputError::Blank)));
}

#[test]
fn links_and_words_are_told_apart() {
    let query = |text| Query::parse(text, UrlPolicy::HTTPS_ONLY).unwrap();
    for link in [
        "https://example.org/a?v=1&list=2",
        " https://example.org/a?v=1&list=2\n",
        "<https://example.org/a?v=1&list=2>",
    ] {
        let Query::Url(url) = query(link) else { panic!("{link} is a link") };
        assert_eq!(url.as_str(), "https://example.org/a?v=1&list=2");
    }
    for words in
        ["Drop It Like It's Hot", "R&B", "<3", "10:30", "AC/DC", "¿qué? ://", "what is https://x about"]
    {
        let Query::Search(search) = query(words) else { panic!("{words} is a search") };
        assert_eq!(search.as_str(), words);
    }
}

#[test]
fn file_names_are_readable() {
    let name = |link| TrackUrl::parse(link, UrlPolicy::HTTPS_ONLY).unwrap().file_name();
    assert_eq!(name("https://example.org/x/Don%27t%20Stop+1.mp3?y").as_deref(), Some("Don't Stop+1.mp3"));
    assert_eq!(name("https://example.org/x/").as_deref(), Some("x"));
    assert_eq!(name("https://example.org/100%25%zz%").as_deref(), Some("100%%zz%"));
    assert_eq!(name("https://example.org/%ff").as_deref(), Some("\u{fffd}"));
    assert_eq!(name("https://example.org/"), None);
}

#[test]
fn the_table_gives_back_only_what_parses() {
    assert!(serde_json::from_str::<TrackUrl>(r#""https://127.0.0.1/""#).is_err());
    assert!(serde_json::from_str::<TrackUrl>(r#""http://example.org/""#).is_ok());
}

proptest! {
    #[test]
    fn no_text_panics_and_what_passes_passes_again(text in "(https?://)?\\PC{0,40}") {
        let policy = UrlPolicy { allow_http: true };
        if let Ok(Query::Url(url)) = Query::parse(&text, policy) {
            prop_assert!(!url.host().is_empty());
            prop_assert_eq!(TrackUrl::parse(url.as_str(), policy), Ok(url));
        }
    }

    #[test]
    fn every_way_to_write_a_private_address_is_refused(low in 0u32..0x0100_0000, form in 0usize..4) {
        let bits = 0x0a00_0000 | low;
        let host = match form {
            0 => core::net::Ipv4Addr::from_bits(bits).to_string(),
            1 => bits.to_string(),
            2 => format!("{bits:#x}"),
            _ => format!("0{bits:o}"),
        };
        prop_assert_eq!(parse(&format!("https://{host}/")), Err(UrlError::PrivateHost));
    }
}
