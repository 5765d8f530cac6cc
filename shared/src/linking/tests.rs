//! From a callback to a link and back, over the emulator's tables and secrets, with a service that answers as documented.

use axum::http::StatusCode;
use jiff::ToSpan as _;
use serde_json::{Value, json};
use testkit::{Aws, Fault};

use super::*;
use crate::fake_http::{Answer, FakeHttp};
use crate::machine::Machine;
use crate::privacy::DataSubject;
use crate::providers::client::{Bases, Patience};
use crate::security::oauth::callback::LIFE;
use crate::store::Db;
use crate::store::linkings::Wanted;
use crate::store::tombstones::TombstoneStore;
use crate::telemetry::Telemetry;

pub(super) const ADA: UserId = UserId::new(5001);
const GRACE: UserId = UserId::new(5002);
pub(super) const DISCORD: Provider = Provider::Discord;

pub(super) fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn value(seed: u64) -> OneTime {
    OneTime::new(Rng::fixed(seed)).unwrap()
}

pub(super) fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body)
}

pub(super) fn tokens(number: u32) -> Answer {
    let (access, refresh) = (format!("access {number}"), format!("refresh {number}"));
    ok(
        &json!({ "access_token": access, "refresh_token": refresh, "expires_in": 604_800, "scope": "identify" }),
    )
}

pub(super) fn account(id: &str) -> Answer {
    ok(&json!({ "id": id, "username": "ada" }))
}

fn linker(aws: &Aws, service: &FakeHttp, at: Timestamp) -> Linker {
    let bases = Bases::below(&service.url().parse().unwrap()).unwrap();
    let setup = Setup { secret_prefix: "/timmybot", bases, ..Setup::default() };
    let machine = Machine { clock: Clock::fixed(at), ..Machine::real(Patience::STANDARD) };
    let log = Telemetry::new(machine.sink.clone(), "test", machine.clock);
    let db = Db::new(aws.dynamodb(), aws.prefix());
    Linker::new(setup, aws.sdk_config(), db, &machine, &log).unwrap()
}

pub(super) struct Scene {
    pub(super) aws: Aws,
    pub(super) service: FakeHttp,
    pub(super) linker: Linker,
}

impl Scene {
    /// A service that answers so, in this order.
    pub(super) async fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let (aws, service) = (Aws::start().await, FakeHttp::start(answers).await);
        let secrets = aws_sdk_secretsmanager::Client::new(aws.sdk_config());
        let client = json!({ "client_id": "timmy", "client_secret": "s3cret" }).to_string();
        let create = secrets.create_secret().name("/timmybot/oauth-clients/discord").secret_string(client);
        create.send().await.unwrap();
        let linker = linker(&aws, &service, now());
        Self { aws, service, linker }
    }

    /// Another process, at that time: it remembers nothing.
    pub(super) fn another(&self, at: Timestamp) -> Linker {
        linker(&self.aws, &self.service, at)
    }

    /// A linking that was sent to the service, with state `seed` and browser `seed + 1`.
    async fn begun(&self, user: UserId, seed: u64) {
        let at = now() - 1.minute();
        let wanted = Wanted { user, name: "Ada".into(), provider: DISCORD, locale: None, at };
        let (state, browser) = (value(seed).digest(), value(seed + 1).digest());
        self.linker.linkings.offer(&value(seed + 2).digest(), &wanted).await.unwrap();
        let begun = self.linker.linkings.begin(&value(seed + 2).digest(), &wanted, &state, &browser).await;
        assert_eq!(begun, Ok(true));
    }

    async fn finish(
        &self,
        seed: u64,
        browser: Option<u64>,
        callback: Callback<'_>,
    ) -> Result<UserId, NotLinked> {
        let redirect = "https://bot.example/oauth/callback/discord".parse().unwrap();
        let browser = browser.map(value);
        let asked = self.linker.finish(&value(seed), browser.as_ref(), callback, &redirect).await?;
        Ok(asked.wanted.user)
    }

    pub(super) async fn link(&self, user: UserId, seed: u64) -> Result<UserId, NotLinked> {
        self.begun(user, seed).await;
        self.finish(seed, Some(seed + 1), code()).await
    }

    pub(super) async fn status(&self, user: UserId) -> Option<LinkStatus> {
        let links = self.linker.links.of(user).await.unwrap();
        links.first().map(|link| link.status)
    }

    pub(super) async fn access(&self, user: UserId) -> Option<Secret> {
        let stored = self.linker.vault.read(user).await.unwrap()?;
        stored.document.tokens(DISCORD).map(|tokens| tokens.access.clone())
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.service.requests().into_iter().map(|asked| asked.line).collect()
    }
}

fn code() -> Callback<'static> {
    Callback { provider: Some(DISCORD), code: Some("c0de"), ..Callback::default() }
}

pub(super) const TOKEN: &str = "POST /discord/api/oauth2/token";
const WHO: &str = "GET /discord/api/v10/users/@me";
const REVOKE: &str = "POST /discord/api/oauth2/token/revoke";

#[tokio::test]
async fn a_link_is_in_the_vault_and_in_the_index_and_its_state_is_used() {
    let scene = Scene::new([tokens(1), account("80351110224678912")]).await;
    assert_eq!(scene.link(ADA, 10).await, Ok(ADA));
    assert_eq!(scene.access(ADA).await, Some(Secret::new("access 1")));
    let links = scene.linker.links.of(ADA).await.unwrap();
    assert_eq!((links[0].status, links[0].subject.as_str()), (LinkStatus::Linked, "80351110224678912"));
    let due = now() + 604_800.seconds() - MARGIN_S.seconds();
    assert_eq!(links[0].due_at, Some(due));
    assert_eq!(scene.finish(10, Some(11), code()).await, Err(NotLinked::Unknown));
    assert_eq!(scene.asked(), [TOKEN, WHO]);
    let exchange = &scene.service.requests()[0].body;
    let verifier = Verifier::of(&value(11), &value(10));
    assert!(exchange.contains(core::str::from_utf8(verifier.secret().expose()).unwrap()), "{exchange}");
}

#[tokio::test]
async fn another_browser_is_refused_and_ends_nothing() {
    let scene = Scene::new([tokens(1), account("1")]).await;
    scene.begun(ADA, 10).await;
    for browser in [None, Some(99)] {
        let refused = scene.finish(10, browser, code()).await;
        assert_eq!(refused, Err(NotLinked::Refused(Refusal::OtherBrowser)));
    }
    let elsewhere = Callback { provider: Some(Provider::Twitch), ..code() };
    assert_eq!(scene.finish(10, Some(11), elsewhere).await, Err(NotLinked::Refused(Refusal::MixUp)));
    assert!(scene.asked().is_empty(), "no code has left us");
    assert_eq!(scene.finish(10, Some(11), code()).await, Ok(ADA));
}

#[tokio::test]
async fn who_says_no_has_linked_nothing_and_begins_anew() {
    let scene = Scene::new([]).await;
    scene.begun(ADA, 10).await;
    let denied = Callback { error: Some("access_denied"), code: None, ..code() };
    assert_eq!(scene.finish(10, Some(11), denied).await, Err(NotLinked::Refused(Refusal::Denied)));
    assert_eq!(scene.finish(10, Some(11), code()).await, Err(NotLinked::Unknown));
    assert_eq!((scene.status(ADA).await, scene.access(ADA).await), (None, None));
    assert!(LIFE > SignedDuration::from_mins(1) && scene.asked().is_empty());
}

/// Nor is it given back: the service would take everything back that the account has allowed us.
#[tokio::test]
async fn an_account_of_somebody_else_stays_theirs() {
    let scene = Scene::new([tokens(1), account("1"), tokens(2), account("1")]).await;
    scene.link(ADA, 10).await.unwrap();
    assert_eq!(scene.link(GRACE, 20).await, Err(NotLinked::Taken));
    assert_eq!((scene.status(GRACE).await, scene.access(GRACE).await), (None, None));
    assert_eq!(scene.access(ADA).await, Some(Secret::new("access 1")));
    assert_eq!(scene.asked(), [TOKEN, WHO, TOKEN, WHO]);
}

#[tokio::test]
async fn what_cannot_be_used_or_believed_is_given_back() {
    let less = ok(&json!({ "access_token": "a", "scope": "email" }));
    let cases = [
        (vec![less, ok(&json!({}))], NotLinked::TooLittle),
        (vec![tokens(1), ok(&json!({ "name": "?" })), ok(&json!({}))], NotLinked::NotHonoured),
        (
            vec![tokens(1), Answer::json(StatusCode::BAD_GATEWAY, &json!({})), ok(&json!({}))],
            NotLinked::Unavailable { code: "status_5xx".to_owned() },
        ),
    ];
    for (answers, refusal) in cases {
        let scene = Scene::new(answers).await;
        assert_eq!(scene.link(ADA, 10).await, Err(refusal.clone()));
        assert_eq!((scene.status(ADA).await, scene.access(ADA).await), (None, None), "{refusal}");
        assert_eq!(scene.asked().last().map(String::as_str), Some(REVOKE), "{refusal}");
    }
    let scene =
        Scene::new([Answer::json(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_grant" }))]).await;
    assert_eq!(scene.link(ADA, 10).await, Err(NotLinked::NotHonoured));
    assert_eq!(scene.asked(), [TOKEN]);
}

/// Who was erased while they were at it links nothing, and may begin anew.
#[tokio::test]
async fn what_was_begun_before_an_erasure_links_nothing_and_what_begins_later_does() {
    let scene = Scene::new([tokens(1), account("1"), ok(&json!({})), tokens(2), account("1")]).await;
    scene.begun(ADA, 10).await;
    let tombstones = TombstoneStore::new(Db::new(scene.aws.dynamodb(), scene.aws.prefix()));
    tombstones.bury(DataSubject::User(ADA), now() - 1.minute()).await.unwrap();
    assert_eq!(scene.finish(10, Some(11), code()).await, Err(NotLinked::Erased));
    assert_eq!((scene.status(ADA).await, scene.access(ADA).await), (None, None));
    assert_eq!(scene.asked(), [TOKEN, WHO, REVOKE], "what was given is given back");
    // A later one passes, though the tombstone stands.
    let later = scene.linker.links.put_begun(ADA, None, link(), now() - 59.seconds()).await;
    assert!(matches!(later, Ok(PutLink::Now(_))), "{later:?}");
}

fn link() -> Link {
    Link::new(DISCORD, "1".parse().unwrap(), None, now())
}

/// Whatever fails in the middle leaves no tokens that the index does not know of, and the next try links.
#[tokio::test]
async fn killed_anywhere_nothing_is_orphaned_and_the_next_try_links() {
    for (operation, fault) in [
        ("TransactWriteItems", Fault::AnswerLost),
        ("CreateSecret", Fault::AnswerLost),
        ("CreateSecret", Fault::Throttle),
        ("GetSecretValue", Fault::Throttle),
    ] {
        let scene = Scene::new([tokens(1), account("1"), ok(&json!({})), tokens(2), account("1")]).await;
        scene.begun(ADA, 10).await;
        // Not the client's secret, which is read first.
        scene.linker.registrations.get(DISCORD, now()).await.unwrap();
        scene.aws.fault_next(operation, fault, 1);
        let failed = scene.finish(10, Some(11), code()).await;
        assert!(matches!(failed, Err(NotLinked::Unavailable { .. })), "{operation}: {failed:?}");
        if scene.access(ADA).await.is_some() {
            assert!(scene.status(ADA).await.is_some(), "{operation}: tokens that nobody knows of");
        }
        assert_eq!(scene.link(ADA, 20).await, Ok(ADA), "{operation}");
        assert_eq!(scene.access(ADA).await, Some(Secret::new("access 2")));
        assert_eq!(scene.status(ADA).await, Some(LinkStatus::Linked));
    }
}

#[tokio::test]
async fn an_unlinked_account_is_revoked_and_forgotten() {
    let scene = Scene::new([tokens(1), account("1"), ok(&json!({})), tokens(2), account("1")]).await;
    scene.link(ADA, 10).await.unwrap();
    assert_eq!(scene.linker.unlink(ADA, DISCORD, false).await, Ok(()));
    assert_eq!((scene.status(ADA).await, scene.access(ADA).await), (None, None));
    assert_eq!(scene.asked()[2], REVOKE);
    let secrets = aws_sdk_secretsmanager::Client::new(scene.aws.sdk_config());
    let before =
        secrets.get_secret_value().secret_id("/timmybot/users/5001/oauth").version_stage("AWSPREVIOUS");
    assert!(before.send().await.is_err(), "the tokens are in no version that can be asked for");
    assert_eq!(scene.linker.unlink(ADA, DISCORD, false).await, Err(NotUnlinked::NotLinked));
    assert_eq!(scene.link(GRACE, 20).await, Ok(GRACE), "the account is free");
}

#[tokio::test]
async fn a_service_that_cannot_be_told_keeps_the_link_unless_it_has_to_go() {
    let away = Answer::json(StatusCode::SERVICE_UNAVAILABLE, &json!({}));
    let scene = Scene::new([tokens(1), account("1"), away.clone(), away]).await;
    scene.link(ADA, 10).await.unwrap();
    let kept = scene.linker.unlink(ADA, DISCORD, false).await;
    assert_eq!(kept, Err(NotUnlinked::NotRevoked { code: "status_5xx" }));
    assert_eq!(scene.access(ADA).await, Some(Secret::new("access 1")));
    assert_eq!(scene.linker.unlink(ADA, DISCORD, true).await, Ok(()));
    assert_eq!((scene.status(ADA).await, scene.access(ADA).await), (None, None));
}

#[tokio::test]
async fn an_unlinking_that_was_killed_is_done_again() {
    // Whose version is current can be asked: a lost answer to that is found out at once.
    for (operation, fault, is_found_out) in [
        ("PutSecretValue", Fault::AnswerLost, false),
        ("UpdateSecretVersionStage", Fault::AnswerLost, true),
        ("TransactWriteItems", Fault::Throttle, false),
        ("TransactWriteItems", Fault::AnswerLost, false),
    ] {
        let scene = Scene::new([tokens(1), account("1"), ok(&json!({}))]).await;
        scene.link(ADA, 10).await.unwrap();
        scene.aws.fault_next(operation, fault, 1);
        let failed = scene.linker.unlink(ADA, DISCORD, false).await;
        match failed {
            Ok(()) => assert!(is_found_out, "{operation}"),
            failed => {
                assert!(matches!(failed, Err(NotUnlinked::Unavailable { .. })), "{operation}: {failed:?}");
            }
        }
        let again = scene.linker.unlink(ADA, DISCORD, false).await;
        assert!(matches!(again, Ok(()) | Err(NotUnlinked::NotLinked)), "{operation}: {again:?}");
        assert_eq!((scene.status(ADA).await, scene.access(ADA).await), (None, None), "{operation}");
    }
}

#[tokio::test]
async fn while_somebody_refreshes_nothing_is_unlinked() {
    let scene = Scene::new([tokens(1), account("1"), ok(&json!({}))]).await;
    scene.link(ADA, 10).await.unwrap();
    assert!(matches!(scene.linker.leases.take(ADA, "other", now()).await, Ok(Taken::Mine(_))));
    let busy = scene.linker.unlink(ADA, DISCORD, false).await;
    assert_eq!(busy, Err(NotUnlinked::Unavailable { code: "lease".to_owned() }));
    assert_eq!(scene.asked(), [TOKEN, WHO], "nothing was revoked");
}

/// SPEC T3: whatever a link leaves in the tables, it is no token.
#[tokio::test]
async fn no_row_of_any_table_holds_a_token() {
    let scene = Scene::new([tokens(1), account("1")]).await;
    scene.link(ADA, 10).await.unwrap();
    assert_eq!(scene.access(ADA).await, Some(Secret::new("access 1")), "they are in the vault");
    let client = scene.aws.dynamodb();
    let mut tables = Vec::new();
    for table in client.list_tables().send().await.unwrap().table_names.unwrap() {
        tables.push(format!("{:?}", client.scan().table_name(table).send().await.unwrap().items()));
    }
    let rows = tables.join("\n");
    assert!(rows.contains("5001"), "the index is there: {rows}");
    for token in ["access 1", "refresh 1"] {
        let bytes = format!("{:?}", token.as_bytes());
        assert!(!rows.contains(token) && !rows.contains(bytes.trim_matches(['[', ']'])), "{rows}");
    }
}
