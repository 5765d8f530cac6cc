use super::*;

/// What stands for "worth nothing" in each service's answer.
fn is_invalid_grant(service: Service, said: &Said) -> bool {
    let words = match service {
        Service::Slack => ["invalid_code", "code_already_used", "invalid_refresh_token"],
        Service::Twitch => ["Invalid authorization code", "Invalid refresh token", "Invalid refresh token"],
        _ => ["invalid_grant"; 3],
    };
    let status = if service == Service::Slack { 200 } else { 400 };
    said.status == status && words.iter().any(|words| said.body.to_string().contains(words))
}

#[tokio::test]
async fn a_code_is_exchanged_once_and_its_second_use_ends_what_it_gave() {
    let wire = Wire::start();
    for service in Service::ALL {
        let code = wire.code(service).await;
        let given = wire.exchange(service, &code).await;
        let (access, refresh) = (given.text("access_token"), given.text("refresh_token"));
        assert!(wire.lives(service, &access).await);
        let again = wire.exchange(service, &code).await;
        assert!(is_invalid_grant(service, &again), "{service:?}: {again:?}");
        assert!(!wire.lives(service, &access).await, "{service:?}");
        assert!(is_invalid_grant(service, &wire.refresh(service, &refresh).await));
        assert_eq!(wire.simulator.accounts().token_calls(service), 3);
        assert_eq!(wire.simulator.accounts().grants(service), []);
    }
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    let wire = Wire::start();
    for service in Service::ALL {
        let code = wire.code(service).await;
        wire.simulator.accounts().age(Duration::from_secs(61));
        let said = wire.exchange(service, &code).await;
        assert!(is_invalid_grant(service, &said), "{service:?}: {said:?}");
        assert!(is_invalid_grant(service, &wire.exchange(service, "none of ours").await));
    }
}

#[tokio::test]
async fn a_verifier_and_the_address_have_to_be_those_of_the_request() {
    let wire = Wire::start();
    for service in Service::ALL {
        let code = wire.code(service).await;
        let redirect = ClientConfig::of_the_bot(service, BASE).redirects.remove(0);
        let other = CHALLENGE;
        let asked = |redirect: &str, verifier: Option<&str>| {
            let mut fields = vec![
                ("grant_type".to_owned(), "authorization_code".to_owned()),
                ("code".to_owned(), code.clone()),
                ("redirect_uri".to_owned(), redirect.to_owned()),
            ];
            fields.extend(verifier.map(|verifier| ("code_verifier".to_owned(), verifier.to_owned())));
            let wire = &wire;
            async move {
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                wire.token(service, &fields).await
            }
        };
        let elsewhere = asked("http://127.0.0.1:8787/other", Some(VERIFIER)).await;
        assert!(elsewhere.body.get("access_token").is_none(), "{service:?}");
        if service.habits().pkce {
            assert!(is_invalid_grant(service, &asked(&redirect, Some(other)).await), "{service:?}");
            assert_eq!(asked(&redirect, None).await.status, 400, "{service:?}");
        }
        // None of that has spent the code, and whoever takes no proof keys does not look at one.
        let verifier = if service.habits().pkce { VERIFIER } else { other };
        assert_eq!(asked(&redirect, Some(verifier)).await.status, 200, "{service:?}");
    }
}

#[tokio::test]
async fn a_refresh_gives_what_the_service_gives() {
    let wire = Wire::start();
    for service in Service::ALL {
        let first = wire.linked(service).await;
        let (old, refresh) = (first.text("access_token"), first.text("refresh_token"));
        let second = wire.refresh(service, &refresh).await;
        assert_ne!(second.text("access_token"), old, "{service:?}");
        assert!(wire.lives(service, &second.text("access_token")).await);
        let next = second.body.get("refresh_token").and_then(Value::as_str);
        match service {
            Service::YouTube => assert_eq!(next, None),
            Service::Twitch => assert_eq!(next, Some(refresh.as_str())),
            Service::Discord | Service::Slack | Service::Spotify => {
                assert!(next.is_some_and(|next| next != refresh));
            }
        }
        let again = wire.refresh(service, &refresh).await;
        if service.habits().rotates {
            assert!(is_invalid_grant(service, &again), "{service:?}: {again:?}");
            let newest = wire.refresh(service, next.unwrap()).await;
            assert!(is_invalid_grant(service, &newest), "the family is over: {service:?}");
            assert!(!wire.lives(service, &second.text("access_token")).await);
        } else {
            assert_eq!(again.status, 200, "{service:?}");
        }
        assert!(is_invalid_grant(service, &wire.refresh(service, "none of ours").await));
    }
}

#[tokio::test]
async fn a_client_that_is_not_known_gets_nothing() {
    let wire = Wire::start();
    for service in Service::ALL {
        let code = wire.code(service).await;
        let url = wire.url(service, service.habits().token);
        let body = form(&[("grant_type", "authorization_code"), ("code", &code)]);
        let kind = "application/x-www-form-urlencoded";
        let bare = wire.http.post(&url).header(CONTENT_TYPE, kind).body(body.clone());
        let wrong = match service {
            Service::Discord | Service::Spotify => {
                bare.try_clone().unwrap().basic_auth(format!("timmy-at-{}", service.code()), Some("wrong"))
            }
            _ => wire
                .http
                .post(&url)
                .header(CONTENT_TYPE, kind)
                .body(format!("{body}&client_id=timmy-at-{}&client_secret=wrong", service.code())),
        };
        let bare = Said::of(bare.send().await.unwrap()).await;
        let wrong = Said::of(wrong.send().await.unwrap()).await;
        let (status, words) = match service {
            Service::Discord | Service::YouTube => (401, "invalid_client"),
            Service::Slack => (200, "bad_client_secret"),
            Service::Spotify => (400, "invalid_client"),
            Service::Twitch => (403, "invalid client secret"),
        };
        assert_eq!(wrong.status, status, "{service:?}");
        assert!(wrong.body.to_string().contains(words), "{service:?}: {wrong:?}");
        assert!(bare.body.get("access_token").is_none() && (bare.status != 200 || service == Service::Slack));
        assert_eq!(wire.exchange(service, &code).await.status, 200, "the code is not spent: {service:?}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let wire = Wire::start();
    for service in Service::ALL {
        for fields in [
            vec![],
            vec![("grant_type", "password")],
            vec![("grant_type", "authorization_code")],
            vec![("grant_type", "refresh_token")],
            vec![("grant_type", "refresh_token"), ("grant_type", "refresh_token")],
        ] {
            let said = wire.token(service, &fields).await;
            assert!(!is_invalid_grant(service, &said), "{service:?} {fields:?}: {said:?}");
            assert!(said.body.get("access_token").is_none());
        }
        let url = wire.url(service, service.habits().token);
        let json = wire.http.post(&url).json(&serde_json::json!({ "grant_type": "refresh_token" }));
        assert!(Said::of(json.send().await.unwrap()).await.body.get("access_token").is_none());
        assert_eq!(wire.http.get(&url).send().await.unwrap().status(), 405);
    }
}

#[tokio::test]
async fn tokens_live_as_long_as_a_test_wants() {
    let wire = Wire::start();
    wire.simulator.accounts().set_token_life(Service::Twitch, Some(Duration::from_secs(2)));
    let given = wire.linked(Service::Twitch).await;
    assert_eq!(given.body["expires_in"], 2);
    wire.simulator.accounts().age(Duration::from_secs(3));
    assert!(!wire.lives(Service::Twitch, &given.text("access_token")).await);
    assert_eq!(wire.refresh(Service::Twitch, &given.text("refresh_token")).await.status, 200);
}

#[tokio::test]
async fn google_gives_a_second_consent_no_refresh_token_unless_it_is_asked_to() {
    let wire = Wire::start();
    let link = |prompt: bool| {
        let mut url = wire.link(Service::YouTube, scope(Service::YouTube));
        if !prompt {
            let pairs: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "prompt").collect();
            url.query_pairs_mut().clear().extend_pairs(pairs);
        }
        url
    };
    let mut lasting = Vec::new();
    for prompt in [false, false, true] {
        let gone = wire.click(link(prompt), "account", &wire.person(Service::YouTube, 0)).await;
        let back = Url::parse(gone.headers()["location"].to_str().unwrap()).unwrap();
        let given = wire.exchange(Service::YouTube, &pair(&back, "code").unwrap()).await;
        lasting.push(given.body.get("refresh_token").is_some());
    }
    assert_eq!(lasting, [true, false, true]);
}
