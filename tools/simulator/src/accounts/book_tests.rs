use jiff::ToSpan as _;
use proptest::prelude::*;

use super::*;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://127.0.0.1:8787/back";

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn book() -> Book {
    Book::new(Duration::from_mins(1), BTreeMap::new())
}

fn consent(service: Service) -> Consent {
    Consent {
        service,
        client: "c".into(),
        redirect: BACK.into(),
        account: "ada".into(),
        scopes: vec!["s".into()],
        challenge: service.habits().pkce.then(|| CHALLENGE.into()),
        lasting: true,
    }
}

fn asked(service: Service) -> Exchange<'static> {
    Exchange { service, client: "c", code: "code", redirect: BACK, verifier: Some(VERIFIER) }
}

fn fresh(n: u32) -> Fresh {
    Fresh { access: format!("a{n}"), refresh: format!("r{n}"), now: noon() + i64::from(n).seconds() }
}

/// A book in which the code was exchanged.
fn given(service: Service) -> (Book, Given) {
    let mut book = book();
    book.consent(consent(service), "code".into(), noon());
    let given = book.exchange(asked(service), fresh(0)).unwrap();
    (book, given)
}

#[test]
fn a_code_is_good_once_for_a_minute_and_for_whom_it_was_made() {
    let mut book = book();
    book.consent(consent(Service::Spotify), "code".into(), noon());
    let good = asked(Service::Spotify);
    for (bad, why) in [
        (Exchange { code: "other", ..good }, NotGiven::Code),
        (Exchange { client: "other", ..good }, NotGiven::Code),
        (Exchange { service: Service::Discord, ..good }, NotGiven::Code),
        (Exchange { redirect: "http://127.0.0.1:8787/back/", ..good }, NotGiven::Redirect),
        (Exchange { verifier: None, ..good }, NotGiven::NoVerifier),
        (Exchange { verifier: Some(CHALLENGE), ..good }, NotGiven::Verifier),
    ] {
        assert_eq!(book.exchange(bad, fresh(0)), Err(why), "{bad:?}");
    }
    assert_eq!(book.exchange(good, fresh(60)), Err(NotGiven::CodeExpired));
    assert_eq!(book.exchange(good, fresh(59)).unwrap().access, "a59");
}

#[test]
fn a_code_that_is_shown_twice_ends_what_it_gave() {
    let (mut book, given) = given(Service::Discord);
    assert!(book.owner(Service::Discord, &given.access, noon()).is_ok());
    assert_eq!(book.exchange(asked(Service::Discord), fresh(1)), Err(NotGiven::CodeUsed));
    assert_eq!(book.owner(Service::Discord, &given.access, noon()), Err(Dead::Revoked));
    let refreshed = book.refresh(Service::Discord, "c", "r0", fresh(2));
    assert_eq!(refreshed, Err(NotGiven::RefreshRevoked));
}

#[test]
fn where_tokens_rotate_the_old_one_is_worth_nothing_and_its_use_ends_all() {
    for service in [Service::Discord, Service::Spotify] {
        let (mut book, _) = given(service);
        assert_eq!(book.refresh(service, "c", "r0", fresh(1)).unwrap().refresh.unwrap(), "r1");
        assert_eq!(book.refresh(service, "c", "r1", fresh(2)).unwrap().refresh.unwrap(), "r2");
        assert_eq!(book.refresh(service, "c", "r0", fresh(3)), Err(NotGiven::RefreshRevoked));
        assert_eq!(book.refresh(service, "c", "r2", fresh(4)), Err(NotGiven::RefreshRevoked));
        assert_eq!(book.grants(service), []);
    }
}

#[test]
fn where_they_do_not_the_old_one_goes_on() {
    for service in [Service::Twitch, Service::YouTube] {
        let (mut book, _) = given(service);
        for n in 1..4 {
            assert_eq!(book.refresh(service, "c", "r0", fresh(n)).unwrap().refresh, None);
        }
        assert_eq!(book.grants(service).len(), 1);
    }
}

#[test]
fn a_refresh_token_is_of_one_client_at_one_service() {
    let (mut book, _) = given(Service::Twitch);
    assert_eq!(book.refresh(Service::Twitch, "other", "r0", fresh(1)), Err(NotGiven::Refresh));
    assert_eq!(book.refresh(Service::YouTube, "c", "r0", fresh(1)), Err(NotGiven::Refresh));
    assert_eq!(book.refresh(Service::Twitch, "c", "a0", fresh(1)), Err(NotGiven::Refresh));
    assert!(book.of_refresh(Service::Twitch, "r0").is_some());
    assert!(book.of_refresh(Service::Slack, "r0").is_none());
}

#[test]
fn an_access_token_ends_and_can_be_made_to() {
    let (mut book, given) = given(Service::Spotify);
    let at = |seconds: i64| noon() + seconds.seconds();
    let (_, until) = book.owner(Service::Spotify, &given.access, at(3599)).unwrap();
    assert_eq!(until, Some(at(3600)));
    assert_eq!(book.owner(Service::Spotify, &given.access, at(3600)), Err(Dead::Expired));
    assert_eq!(book.owner(Service::Discord, &given.access, noon()), Err(Dead::Unknown));
    book.age(Duration::from_hours(1));
    assert_eq!(book.owner(Service::Spotify, &given.access, noon()), Err(Dead::Expired));
    book.set_token_life(Service::Spotify, Some(Duration::from_secs(5)));
    let next = book.refresh(Service::Spotify, "c", "r0", fresh(0)).unwrap();
    assert_eq!(next.life, Some(Duration::from_secs(5)));
    assert_eq!(book.owner(Service::Spotify, &next.access, at(5)), Err(Dead::Expired));
}

#[test]
fn what_lives_for_ever_is_not_refreshed() {
    let (mut book, one) = given(Service::Slack);
    assert_eq!((one.refresh, one.life), (None, None));
    assert!(book.owner(Service::Slack, &one.access, Timestamp::MAX).is_ok());
    book.set_token_life(Service::Slack, Some(Duration::from_hours(12)));
    book.consent(consent(Service::Slack), "code 2".into(), noon());
    let two = book.exchange(Exchange { code: "code 2", ..asked(Service::Slack) }, fresh(1)).unwrap();
    assert_eq!(two.refresh.as_deref(), Some("r1"));
    let passing = Consent { lasting: false, ..consent(Service::YouTube) };
    book.consent(passing, "code 3".into(), noon());
    let three = book.exchange(Exchange { code: "code 3", ..asked(Service::YouTube) }, fresh(2)).unwrap();
    assert_eq!((three.refresh, three.life), (None, Some(Duration::from_secs(3599))));
}

#[test]
fn grants_end_one_by_one_or_all_of_an_account() {
    let mut book = book();
    for (n, account) in [(1, "ada"), (2, "ada"), (3, "grace")] {
        let consent = Consent { account: account.into(), ..consent(Service::Discord) };
        book.consent(consent, format!("code {n}"), noon());
        let code = format!("code {n}");
        book.exchange(Exchange { code: &code, ..asked(Service::Discord) }, fresh(n)).unwrap();
    }
    assert!(book.knows(Service::Discord, "c", "ada") && !book.knows(Service::Discord, "d", "ada"));
    book.end_all(Service::Discord, "c", "ada");
    let left: Vec<_> = book.grants(Service::Discord).into_iter().map(|grant| grant.account).collect();
    assert_eq!(left, ["grace"]);
    assert!(book.end(3) && !book.end(3));
    assert_eq!(book.owner(Service::Discord, "a3", noon()), Err(Dead::Revoked));
}

proptest! {
    /// However often and in whatever order refresh tokens are shown: where they rotate, no token is honoured twice, and
    /// once one was shown a second time nothing is honoured any more.
    #[test]
    fn no_refresh_token_is_honoured_twice(order in proptest::collection::vec(0_u32..6, 1..20)) {
        let (mut book, _) = given(Service::Discord);
        let mut honoured = std::collections::BTreeSet::new();
        let mut is_over = false;
        for (n, shown) in (1..).zip(order) {
            let token = format!("r{shown}");
            let is_known = book.refresh.contains_key(&token);
            let answer = book.refresh(Service::Discord, "c", &token, fresh(n));
            prop_assert_eq!(answer.is_ok(), is_known && !is_over && honoured.insert(shown));
            is_over |= is_known && answer.is_err();
        }
    }
}
