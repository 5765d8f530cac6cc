//! From the address in Discord to a link, and every way in which that is refused.

use jiff::ToSpan as _;
use serde_json::json;
use shared::clock::Clock;
use shared::domain::accounts::Provider;
use shared::store::links::LinkStatus;
use simulator::{AccountsFault, AccountsFaultKind, Fault, FaultAt};
use url::Url;

use super::world::{ADA, BASE, GRACE, World, service};

/// Nothing is left behind: no link, no tokens, and nothing alive at the service.
async fn nothing_is_kept(world: &World, provider: Provider) {
    assert_eq!(world.links(ADA).await, []);
    assert_eq!(world.tokens(ADA, provider).await, None);
}

#[tokio::test]
async fn every_service_is_linked_over_its_own_page() {
    let world = World::new().await;
    for provider in Provider::ALL {
        let page = world.link(ADA, provider).await;
        assert_eq!((page.status(), page.title()), (200, &*format!("{} is linked", provider.name())));
        let tokens = world.tokens(ADA, provider).await.unwrap();
        let subject = World::person(provider, 0).replace("account=", "");
        assert_eq!(tokens.subject.as_str(), subject, "{provider}");
        assert_eq!(world.simulator.accounts().grants(service(provider)).len(), 1, "{provider}");
    }
    let links = world.links(ADA).await;
    assert_eq!(links.len(), 5);
    assert!(links.iter().all(|link| link.status == LinkStatus::Linked));
}

#[tokio::test]
async fn looking_at_a_link_uses_nothing_up_and_using_it_does() {
    let world = World::new().await;
    let link = world.offer(ADA, Provider::Spotify).await;
    for _ in 0..3 {
        let page = world.get(&link, &[]).await;
        assert_eq!((page.status(), page.title()), (200, "Link Spotify"));
        assert!(page.body().contains("80351110224678912"), "it says whom it links");
    }
    let (at, _) = world.begin(&link).await;
    assert!(at.as_str().starts_with(&world.simulator.accounts_url()), "{at}");
    let again = world.get(&link, &[]).await;
    assert_eq!((again.status(), again.title()), (404, "Nothing was linked"));
    assert_eq!(world.ask("POST", &link, "", &["__Host-timmybot-linking=x".to_owned()]).await.status(), 404);
}

#[tokio::test]
async fn who_says_no_is_told_so_and_may_try_again() {
    let world = World::new().await;
    let (at, cookies) = world.begin(&world.offer(ADA, Provider::YouTube).await).await;
    let page = world.come_back(&world.consent(&at, "deny=1").await, &cookies).await;
    assert_eq!((page.status(), page.title()), (403, "Nothing was linked"));
    assert!(page.body().contains("You said no at YouTube"), "{}", page.body());
    nothing_is_kept(&world, Provider::YouTube).await;
    assert_eq!(world.link(ADA, Provider::YouTube).await.status(), 200);
}

#[tokio::test]
async fn another_browser_and_one_without_cookies_get_nothing_and_end_nothing() {
    let world = World::new().await;
    let (at, cookies) = world.begin(&world.offer(ADA, Provider::Spotify).await).await;
    let back = world.consent(&at, &World::person(Provider::Spotify, 0)).await;
    let (_, theirs) = world.begin(&world.offer(GRACE, Provider::Spotify).await).await;
    for cookies in [vec![], theirs, vec!["__Host-timmybot-linking=short".to_owned()]] {
        let page = world.come_back(&back, &cookies).await;
        assert_eq!(page.status(), 400);
        assert!(page.body().contains("another browser"), "{}", page.body());
        nothing_is_kept(&world, Provider::Spotify).await;
    }
    assert_eq!(world.come_back(&back, &cookies).await.status(), 200, "the one that began still may");
}

/// A page that somebody else has made cannot press our button for a visitor.
#[tokio::test]
async fn a_form_of_another_site_begins_nothing() {
    let world = World::new().await;
    let link = world.offer(ADA, Provider::Spotify).await;
    let cookies = vec![world.get(&link, &[]).await.cookie().unwrap()];
    let from = |site: &str| json!({ "sec-fetch-site": site });
    for site in ["cross-site", "same-site", "none"] {
        let refused = world.ask_with("POST", &link, "", &cookies, &from(site)).await;
        assert_eq!(refused.status(), 400, "{site}");
    }
    assert_eq!(world.ask("POST", &link, "", &[]).await.status(), 400, "without the cookie neither");
    let begun = world.ask_with("POST", &link, "", &cookies, &from("same-origin")).await;
    assert_eq!(begun.status(), 303);
}

#[tokio::test]
async fn an_answer_in_another_services_name_is_a_mix_up() {
    let world = World::new().await;
    let (at, cookies) = world.begin(&world.offer(ADA, Provider::YouTube).await).await;
    let back = world.consent(&at, &World::person(Provider::YouTube, 0)).await;
    let elsewhere = Url::parse(&back.as_str().replace("/callback/youtube", "/callback/twitch")).unwrap();
    let issuer = |value: &str| {
        let kept = back.query_pairs().filter(|(name, _)| name != "iss");
        let mut url = back.clone();
        let pairs: Vec<_> = kept.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        url.query_pairs_mut().clear().extend_pairs(pairs).append_pair("iss", value);
        url
    };
    for wrong in [elsewhere, issuer("https://evil.example")] {
        let page = world.come_back(&wrong, &cookies).await;
        assert_eq!(page.status(), 400);
        assert!(page.body().contains("another service"), "{}", page.body());
        nothing_is_kept(&world, Provider::YouTube).await;
    }
    assert_eq!(world.come_back(&back, &cookies).await.status(), 200);
}

#[tokio::test]
async fn a_state_is_good_once_and_for_ten_minutes() {
    let world = World::new().await;
    let (at, cookies) = world.begin(&world.offer(ADA, Provider::Spotify).await).await;
    let back = world.consent(&at, &World::person(Provider::Spotify, 0)).await;
    assert_eq!(world.come_back(&back, &cookies).await.status(), 200);
    assert_eq!(world.come_back(&back, &cookies).await.status(), 404, "a second time it is nobody's");
    let calls = world.simulator.accounts().token_calls(service(Provider::Spotify));
    assert_eq!(calls, 1, "the code was sent once");
    let old = Clock::system().now() - 10.minutes();
    let link = world.offer_at(GRACE, Provider::Spotify, old, None).await;
    assert_eq!(world.get(&link, &[]).await.status(), 404);
}

/// Whoever has stolen a callback's address has no cookie; whoever makes one up has no state.
#[tokio::test]
async fn what_is_made_up_is_refused_without_a_call() {
    let world = World::new().await;
    let (_, cookies) = world.begin(&world.offer(ADA, Provider::Twitch).await).await;
    let state = "A".repeat(43);
    for query in [
        String::new(),
        "code=x".to_owned(),
        format!("code=x&state={state}"),
        format!("code=x&state={state}&state={state}"),
        format!("code=x&code=y&state={state}"),
        "code=x&state=..%2F..".to_owned(),
        format!("error=access_denied&state={state}"),
    ] {
        let page = world.ask("GET", "/oauth/callback/twitch", &query, &cookies).await;
        assert_eq!((page.status(), page.title()), (404, "Nothing was linked"), "{query}");
    }
    assert_eq!(world.simulator.accounts().token_calls(service(Provider::Twitch)), 0);
}

/// No parameter of ours leads anywhere: browsers are sent to services, and to nobody else.
#[tokio::test]
async fn nobody_is_sent_anywhere_else() {
    let world = World::new().await;
    for query in
        ["redirect_uri=https://evil.example", "next=//evil.example", "return_to=https://evil.example"]
    {
        let link = world.offer(ADA, Provider::Spotify).await;
        let cookies = vec![world.ask("GET", &link, query, &[]).await.cookie().unwrap()];
        let sent = world.ask("POST", &link, query, &cookies).await;
        assert!(sent.location().as_str().starts_with(&world.simulator.accounts_url()));
        let redirect =
            sent.location().query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
        assert_eq!(redirect, format!("{BASE}/oauth/callback/spotify"));
        assert!(!sent.location().as_str().contains("evil"));
    }
}

#[tokio::test]
async fn an_account_of_somebody_else_stays_theirs() {
    let world = World::new().await;
    assert_eq!(world.link(GRACE, Provider::Twitch).await.status(), 200);
    let page = world.link(ADA, Provider::Twitch).await;
    assert_eq!(page.status(), 409);
    assert!(page.body().contains("linked to another Discord user"), "{}", page.body());
    nothing_is_kept(&world, Provider::Twitch).await;
    assert!(world.tokens(GRACE, Provider::Twitch).await.is_some());
}

#[tokio::test]
async fn a_service_that_fails_is_told_from_us() {
    for (kind, status, said) in [
        (AccountsFaultKind::InvalidGrant, 502, "answered with an error"),
        (AccountsFaultKind::Status(503), 503, "Something does not work"),
        (AccountsFaultKind::RateLimited(7), 503, "Something does not work"),
        (AccountsFaultKind::Cut, 503, "Something does not work"),
        (AccountsFaultKind::Malformed, 503, "Something does not work"),
    ] {
        let world = World::new().await;
        let (at, cookies) = world.begin(&world.offer(ADA, Provider::Discord).await).await;
        let back = world.consent(&at, &World::person(Provider::Discord, 0)).await;
        let fault =
            AccountsFault { service: service(Provider::Discord), at: FaultAt::Token, kind, times: Some(1) };
        world.simulator.fault(Fault::Accounts(fault)).unwrap();
        let page = world.come_back(&back, &cookies).await;
        assert_eq!(page.status(), status, "{kind:?}");
        assert!(page.body().contains(said), "{kind:?}: {}", page.body());
        nothing_is_kept(&world, Provider::Discord).await;
    }
}

#[tokio::test]
async fn a_service_without_a_client_says_so_before_anybody_leaves() {
    let world = World::new().await;
    let put = world.aws.secrets().put_secret_value().secret_id("/timmybot/oauth-clients/slack");
    let nothing = json!({ "client_id": "", "client_secret": "" }).to_string();
    put.secret_string(nothing).send().await.unwrap();
    let page = world.get(&world.offer(ADA, Provider::Slack).await, &[]).await;
    assert_eq!(page.status(), 503);
    assert!(page.body().contains("Slack is not set up in this installation"), "{}", page.body());
}

#[tokio::test]
async fn people_read_their_own_language() {
    let world = World::new().await;
    let now = Clock::system().now();
    for (locale, title) in
        [("de", "Spotify verknüpfen"), ("ja", "Spotify を連携"), ("pt-BR", "Vincular Spotify")]
    {
        let link = world.offer_at(ADA, Provider::Spotify, now, Some(locale)).await;
        let headers = json!({ "accept-language": "fr" });
        let page = world.ask_with("GET", &link, "", &[], &headers).await;
        assert_eq!(page.title(), title, "Discord's language comes first");
    }
    let french =
        world.ask_with("GET", "/oauth/link/x", "", &[], &json!({ "accept-language": "fr-CA,en" })).await;
    assert_eq!(french.title(), "Rien n'a été lié");
}
