use super::*;

#[tokio::test]
async fn a_page_asks_and_a_click_sends_back() {
    let wire = Wire::start();
    for service in Service::ALL {
        let page = wire.link(service, scope(service));
        let shown = wire.http.get(page.clone()).send().await.unwrap();
        assert_eq!(shown.status(), 200, "{service:?}");
        assert_eq!(shown.headers()["cache-control"], "no-store");
        assert_eq!(shown.headers()["referrer-policy"], "same-origin");
        let html = shown.text().await.unwrap();
        assert!(html.contains(&format!("Simulated {}", service.name())));
        for n in 0..3 {
            assert!(html.contains(&format!("value=\"{}\"", wire.person(service, n))), "{service:?}");
        }
        let gone = wire.click(page.clone(), "account", &wire.person(service, 1)).await;
        assert_eq!(gone.status(), 303);
        let back = Url::parse(gone.headers()["location"].to_str().unwrap()).unwrap();
        let registered = &ClientConfig::of_the_bot(service, BASE).redirects[0];
        assert!(back.as_str().starts_with(&format!("{registered}?")), "{back}");
        assert_eq!(pair(&back, "state").as_deref(), Some("the state"));
        assert_eq!(pair(&back, "iss").as_deref(), service.habits().says_issuer);
        let denied = wire.click(page, "deny", "1").await;
        let back = Url::parse(denied.headers()["location"].to_str().unwrap()).unwrap();
        assert_eq!(pair(&back, "error").as_deref(), Some("access_denied"));
        assert_eq!((pair(&back, "code"), pair(&back, "state").as_deref()), (None, Some("the state")));
    }
}

#[tokio::test]
async fn a_request_that_is_not_the_registered_one_leads_nowhere() {
    let wire = Wire::start();
    for service in Service::ALL {
        for (name, value) in [("redirect_uri", "http://127.0.0.1:8787/other"), ("client_id", "other")] {
            let mut url = wire.link(service, scope(service));
            let pairs: Vec<_> = url.query_pairs().into_owned().filter(|(one, _)| one != name).collect();
            url.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
            let asked = wire.http.get(url.clone()).send().await.unwrap();
            let clicked = wire.click(url, "account", &wire.person(service, 0)).await;
            for response in [asked, clicked] {
                assert_eq!(response.status(), 400, "{service:?} {name}");
                assert!(!response.headers().contains_key("location"));
                assert!(
                    response.headers()["content-security-policy"]
                        .to_str()
                        .unwrap()
                        .contains("form-action 'none'")
                );
            }
        }
    }
}

#[tokio::test]
async fn a_click_on_nobody_is_none() {
    let wire = Wire::start();
    let page = || wire.link(Service::Discord, "identify");
    for (name, value) in [("account", "1"), ("account", ""), ("other", "1")] {
        assert_eq!(wire.click(page(), name, value).await.status(), 400, "{name}={value}");
    }
    let plain = wire.http.post(page()).body("account=245901773041958912").send().await.unwrap();
    assert_eq!(plain.status(), 400);
    let other = wire.person(Service::Twitch, 0);
    assert_eq!(wire.click(page(), "account", &other).await.status(), 400);
}

#[tokio::test]
async fn a_form_of_another_page_is_refused() {
    let wire = Wire::start();
    let request = wire.http.post(wire.link(Service::Slack, "openid")).header("origin", "http://evil.example");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(request.body("account=U0SIMADA1").send().await.unwrap().status(), 403);
}
