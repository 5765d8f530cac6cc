use proptest::prelude::*;
use url::form_urlencoded;

use super::*;
use crate::accounts::config::AccountsConfig;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn clients() -> Vec<ClientConfig> {
    AccountsConfig::default().clients
}

fn redirect(service: Service) -> String {
    format!("http://127.0.0.1:8787/oauth/callback/{}", service.code())
}

fn good(service: Service) -> Vec<(&'static str, String)> {
    vec![
        ("response_type", "code".into()),
        ("client_id", format!("timmy-at-{}", service.code())),
        ("redirect_uri", redirect(service)),
        ("scope", service.habits().scopes[0].0.into()),
        ("state", "st&te=1".into()),
        ("code_challenge", CHALLENGE.into()),
        ("code_challenge_method", "S256".into()),
    ]
}

fn asked(service: Service, pairs: &[(&str, String)]) -> Result<Asked, Refused> {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    read(service, &query, &clients())
}

/// A request in which one field is another, or is not there.
fn with(service: Service, name: &'static str, value: Option<&str>) -> Result<Asked, Refused> {
    let mut pairs = good(service);
    pairs.retain(|(one, _)| *one != name);
    pairs.extend(value.map(|value| (name, value.to_owned())));
    asked(service, &pairs)
}

fn told(refused: Result<Asked, Refused>) -> String {
    let Err(Refused::There(url)) = refused else { panic!("{refused:?}") };
    let error = url.query_pairs().find(|(name, _)| name == "error").unwrap().1.into_owned();
    assert!(url.query_pairs().any(|(name, value)| name != "state" || value == "st&te=1"));
    error
}

#[test]
fn a_good_request_goes_back_where_it_came_from_with_its_state() {
    for service in Service::ALL {
        let asked = asked(service, &good(service)).unwrap();
        let url = asked.back.code("c0de", &asked.scopes);
        let pair =
            |name: &str| url.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned());
        assert!(url.as_str().starts_with(&redirect(service)), "{url}");
        assert_eq!((pair("code").unwrap(), pair("state").unwrap()), ("c0de".into(), "st&te=1".into()));
        assert_eq!(pair("iss").as_deref(), service.habits().says_issuer);
        assert_eq!(asked.challenge.is_some(), service.habits().pkce);
        let denied = asked.back.denied();
        assert!(denied.query_pairs().any(|(name, value)| name == "error" && value == "access_denied"));
    }
}

#[test]
fn without_a_known_client_and_address_nobody_is_sent_anywhere() {
    for service in Service::ALL {
        let mut bad = vec![
            with(service, "client_id", None),
            with(service, "client_id", Some("other")),
            with(service, "redirect_uri", None),
        ];
        let own = redirect(service);
        for address in [
            format!("{own}/"),
            format!("{own}?a=b"),
            format!("{own}#a"),
            own.to_uppercase(),
            own.replace("127.0.0.1", "localhost"),
            own.replace("8787", "8788"),
            "https://evil.example/".to_owned(),
            "javascript:alert(1)".to_owned(),
        ] {
            bad.push(with(service, "redirect_uri", Some(&address)));
        }
        let mut twice = good(service);
        twice.push(("redirect_uri", "https://evil.example/".into()));
        bad.push(asked(service, &twice));
        for refused in bad {
            assert!(matches!(refused, Err(Refused::Here(_))), "{refused:?}");
        }
    }
}

#[test]
fn what_else_is_wrong_the_client_is_told() {
    for service in Service::ALL {
        assert_eq!(told(with(service, "response_type", Some("token"))), "unsupported_response_type");
        assert_eq!(told(with(service, "response_type", None)), "unsupported_response_type");
        assert_eq!(told(with(service, "scope", None)), "invalid_scope");
        assert_eq!(told(with(service, "scope", Some("everything"))), "invalid_scope");
        assert!(matches!(with(service, "state", None), Err(Refused::There(_))));
    }
    assert_eq!(told(with(Service::Slack, "scope", Some("profile"))), "invalid_scope");
}

#[test]
fn where_proof_keys_are_taken_one_has_to_be_there() {
    for service in Service::ALL {
        for (name, value) in [
            ("code_challenge", None),
            ("code_challenge", Some("short")),
            ("code_challenge_method", Some("plain")),
            ("code_challenge_method", None),
        ] {
            let read = with(service, name, value);
            if service.habits().pkce {
                assert_eq!(told(read), "invalid_request", "{service:?} {name}");
            } else {
                assert_eq!(read.unwrap().challenge, None);
            }
        }
    }
}

#[test]
fn google_gives_a_lasting_token_to_who_asks_for_it() {
    let asked = |access: Option<&str>, prompt: Option<&str>| {
        let mut pairs = good(Service::YouTube);
        pairs.extend(access.map(|access| ("access_type", access.to_owned())));
        pairs.extend(prompt.map(|prompt| ("prompt", prompt.to_owned())));
        asked(Service::YouTube, &pairs)
    };
    for (access, prompt, lasting) in [
        (None, None, Lasting::Never),
        (Some("online"), Some("consent"), Lasting::Never),
        (Some("offline"), None, Lasting::Once),
        (Some("offline"), Some("select_account"), Lasting::Once),
        (Some("offline"), Some("select_account consent"), Lasting::Always),
    ] {
        assert_eq!(asked(access, prompt).unwrap().lasting, lasting, "{access:?} {prompt:?}");
    }
    assert_eq!(told(asked(Some("for ever"), None)), "invalid_request");
    assert_eq!(told(asked(None, Some("please"))), "invalid_request");
    assert_eq!(told(asked(None, Some("none"))), "interaction_required");
}

#[test]
fn a_policy_names_the_origin_that_a_person_is_sent_to() {
    let back = asked(Service::Twitch, &good(Service::Twitch)).unwrap().back;
    assert_eq!((back.source(), back.place()), ("http://127.0.0.1:8787".into(), "127.0.0.1:8787".into()));
    let own = Back { redirect: Url::parse("timmy:linked").unwrap(), ..back };
    assert_eq!((own.source(), own.place()), ("timmy:".into(), "timmy".into()));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,30}",
        "https?://[a-z0-9.@:/?#%\\\\]{0,30}",
        "http://127\\.0\\.0\\.1:8787/oauth/callback/spotify[/?#@.\\\\%a-z]{0,6}",
        Just("http://127.0.0.1:8787/oauth/callback/spotify".to_owned()),
        Just("timmy-at-spotify".to_owned()),
    ]
}

proptest! {
    /// Whatever is asked, with whatever state and code: nobody is sent to another address than the registered one.
    #[test]
    fn nobody_is_sent_to_another_address(
        redirect_uri in any_text(), state in any_text(), code in any_text(), scope in any_text(),
        client in prop_oneof![3 => Just("timmy-at-spotify".to_owned()), 1 => any_text()],
        response_type in prop_oneof![Just("code".to_owned()), any_text()],
    ) {
        let pairs = [
            ("response_type", response_type), ("client_id", client), ("redirect_uri", redirect_uri.clone()), ("state", state),
            ("scope", if scope.len() % 2 == 0 { "playlist-read-private".to_owned() } else { scope }),
            ("code_challenge", CHALLENGE.to_owned()), ("code_challenge_method", "S256".to_owned()),
        ];
        let own = redirect(Service::Spotify);
        let urls = match asked(Service::Spotify, &pairs) {
            Ok(asked) => vec![asked.back.code(&code, &asked.scopes), asked.back.denied()],
            Err(Refused::There(url)) => vec![url],
            Err(Refused::Here(_)) => vec![],
        };
        prop_assert!(urls.is_empty() || redirect_uri == own);
        for mut url in urls {
            prop_assert!(url.fragment().is_none());
            url.set_query(None);
            prop_assert_eq!(url.as_str(), own.as_str());
        }
    }
}
