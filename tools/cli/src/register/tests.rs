//! With Discord's simulator, and with a few lines of server where the simulator cannot say it.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::{Request, State};
use clap::{Args as _, Command, FromArgMatches as _};
use reqwest::Method;
use simulator::{ApplicationId, Config, Fault, RestFault, RestFaultKind, Simulator};
use testkit::Aws;

use super::*;

/// Of the simulator's default configuration.
const TOKEN: &str = "simulated.bot.token";
const APPLICATION: ApplicationId = ApplicationId::new(9001);

fn parsed(args: &[&str]) -> Register {
    let command = Register::augment_args(Command::new("register"));
    let matches = command.try_get_matches_from([&["register"], args].concat()).unwrap();
    Register::from_arg_matches(&matches).unwrap()
}

fn rest(discord: &Simulator) -> Rest {
    Rest::new(&discord.rest_url(), &Secret::new(TOKEN)).unwrap()
}

fn listed(discord: &Simulator) -> Vec<Value> {
    discord.with_world(|world| world.commands(APPLICATION).to_vec())
}

async fn given(discord: &Simulator, commands: Value) {
    let everywhere = Place { application: APPLICATION.to_string(), guild: None };
    rest(discord).overwrite(&everywhere, &commands).await.unwrap();
}

fn nobody(_: &[Change]) -> Result<bool> {
    bail!("nobody is there to be asked")
}

fn skip() -> Value {
    json!({ "type": 1, "name": "skip", "description": "Skips" })
}

#[tokio::test]
async fn all_commands_are_registered_once() {
    let discord = Simulator::start(Config::default()).unwrap();
    let wanted = wanted().unwrap();
    let first = parsed(&[]).register(&rest(&discord), &wanted, nobody).await.unwrap();
    assert!(first.changed && first.changes.len() == wanted.len());
    assert!(first.words().starts_with("+ play") || first.words().contains("\n+ play"), "{}", first.words());
    assert!(listed(&discord).iter().all(|command| command["name_localizations"]["de"].is_string()));
    let again = parsed(&[]).register(&rest(&discord), &wanted, nobody).await.unwrap();
    assert!(!again.changed);
    let count = wanted.len();
    assert_eq!(
        again.words(),
        format!("Nothing to do: application 9001 has its {count} commands everywhere.")
    );
}

#[tokio::test]
async fn a_drift_is_said_and_a_dry_run_leaves_it() {
    let discord = Simulator::start(Config::default()).unwrap();
    given(&discord, json!([{ "type": 1, "name": "skip", "description": "Goes on" }])).await;
    let before = listed(&discord);
    let dry = parsed(&["--dry-run"]).register(&rest(&discord), &[skip()], nobody).await.unwrap();
    assert_eq!(
        dry.words(),
        "~ skip: description\nNothing was changed. Without --dry-run, this is what happens everywhere."
    );
    assert_eq!(listed(&discord), before);
    let done = parsed(&[]).register(&rest(&discord), &[skip()], nobody).await.unwrap();
    assert_eq!(
        done.json(),
        json!({
            "application": "9001", "guild": null, "commands": 1, "changed": true, "kept": [],
            "changes": [{ "change": "update", "name": "skip", "fields": ["description"] }],
        })
    );
    assert_eq!(listed(&discord)[0]["description"], "Skips");
}

#[tokio::test]
async fn nothing_is_deleted_before_somebody_says_yes() {
    let discord = Simulator::start(Config::default()).unwrap();
    let old = json!({ "type": 1, "name": "old", "description": "Gone" });
    given(&discord, json!([skip(), old])).await;
    for (args, may) in [(&[] as &[&str], false), (&["--json"], true)] {
        let refused = parsed(args).register(&rest(&discord), &[skip()], |_| Ok(may)).await;
        assert!(refused.is_err(), "{args:?}");
        assert_eq!(listed(&discord).len(), 2, "{args:?}");
    }
    let mut asked_for = Vec::new();
    let yes = |changes: &[Change]| {
        asked_for = changes.to_vec();
        Ok(true)
    };
    let done = parsed(&[]).register(&rest(&discord), &[skip()], yes).await.unwrap();
    assert_eq!(asked_for, [Change::Delete { name: "old".to_owned() }]);
    assert!(done.changed && listed(&discord).len() == 1);
    given(&discord, json!([skip(), old])).await;
    parsed(&["--yes", "--json"]).register(&rest(&discord), &[skip()], nobody).await.unwrap();
    assert_eq!(listed(&discord).len(), 1);
}

#[tokio::test]
async fn the_entry_point_outlives_a_bulk_overwrite() {
    let discord = Simulator::start(Config::default()).unwrap();
    let launch = json!({ "type": 4, "name": "launch", "handler": 2 });
    given(&discord, json!([launch])).await;
    let id = listed(&discord)[0]["id"].clone();
    let done = parsed(&[]).register(&rest(&discord), &[skip()], nobody).await.unwrap();
    assert_eq!(done.kept, ["launch"]);
    assert!(done.words().contains("launch (starts the Activity) stays"), "{}", done.words());
    let listed = listed(&discord);
    let still = listed.iter().find(|command| command["name"] == "launch").unwrap();
    assert_eq!((listed.len(), &still["id"], &still["handler"]), (2, &id, &json!(2)));
}

#[tokio::test]
async fn a_token_that_discord_does_not_take_says_what_to_do() {
    let discord = Simulator::start(Config::default()).unwrap();
    let rest = Rest::new(&discord.rest_url(), &Secret::new("test_wrong")).unwrap();
    let refused = parsed(&[]).register(&rest, &[skip()], nobody).await.unwrap_err();
    let said = format!("{refused:#}");
    assert!(said.contains("401") && said.contains("./timmy rotate bot-token"), "{said}");
    assert!(!said.contains("test_wrong"), "{said}");
    assert!(!format!("{rest:?}").contains("test_wrong"));
}

#[tokio::test]
async fn what_discord_refuses_is_passed_on() {
    let discord = Simulator::start(Config::default()).unwrap();
    let bad = json!({ "type": 1, "name": "skip", "description": "x".repeat(101) });
    let refused = parsed(&[]).register(&rest(&discord), &[bad], nobody).await.unwrap_err();
    let said = format!("{refused:#}");
    assert!(said.starts_with("registering the commands: Discord answered 400"), "{said}");
    assert!(listed(&discord).is_empty());
}

fn limited(only: &str, times: Option<u32>, retry_after: f64) -> Fault {
    let kind = RestFaultKind::RateLimited { retry_after, global: false };
    Fault::Rest(RestFault { only: only.to_owned(), times, kind })
}

#[tokio::test]
async fn rate_limits_are_waited_for() {
    let discord = Simulator::start(Config::default()).unwrap();
    discord.fault(limited("PUT ", Some(2), 0.01)).unwrap();
    let done = parsed(&[]).register(&rest(&discord), &[skip()], nobody).await.unwrap();
    assert!(done.changed && listed(&discord).len() == 1);
}

#[tokio::test]
async fn but_not_for_ever() {
    let discord = Simulator::start(Config::default()).unwrap();
    discord.fault(limited("GET ", Some(1), 3_600.0)).unwrap();
    let refused = parsed(&[]).register(&rest(&discord), &[skip()], nobody).await.unwrap_err();
    assert!(format!("{refused:#}").contains("no request for 3600 s"), "{refused:#}");
    discord.fault(limited("GET ", None, 0.01)).unwrap();
    let refused = parsed(&[]).register(&rest(&discord), &[skip()], nobody).await.unwrap_err();
    assert!(format!("{refused:#}").contains("5 times"), "{refused:#}");
}

/// What a server was asked, with bodies.
type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// Keeps what is put, as Discord does, and notes each request's method, path and query.
async fn note(State(asked): State<Asked>, request: Request) -> Json<Value> {
    let line = format!("{} {}", request.method(), request.uri());
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    asked.lock().unwrap().push((line.clone(), body.clone()));
    Json(match line.as_str() {
        "GET /api/applications/@me" => json!({ "id": "9001" }),
        line if line.starts_with("PUT") => body,
        _ => json!([]),
    })
}

#[tokio::test]
async fn a_servers_own_commands_are_asked_for_in_all_languages_and_say_nothing_of_places() {
    let asked = Asked::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api/", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(note).with_state(Arc::clone(&asked));
    let server = tokio::spawn(axum::serve(listener, router).into_future());
    let rest = Rest::new(&base, &Secret::new(TOKEN)).unwrap();
    let here = parsed(&["--guild", "1000"]);
    let done = here.register(&rest, &wanted().unwrap(), nobody).await.unwrap();
    assert!(done.words().ends_with("commands on server 1000."), "{}", done.words());
    server.abort();
    let asked = asked.lock().unwrap();
    let lines: Vec<_> = asked.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "GET /api/applications/@me",
            "GET /api/applications/9001/guilds/1000/commands?with_localizations=true",
            "PUT /api/applications/9001/guilds/1000/commands",
        ]
    );
    let put = asked[2].1.as_array().unwrap();
    assert_eq!(put.len(), wanted().unwrap().len());
    for command in put {
        assert!(command["contexts"].is_null() && command["integration_types"].is_null(), "{command}");
    }
}

#[tokio::test]
async fn a_token_goes_to_nobody_in_the_clear() {
    for base in ["http://discord.com/api/v10", "http://10.0.0.1/", "ftp://127.0.0.1/", "discord.com"] {
        assert!(Rest::new(base, &Secret::new(TOKEN)).is_err(), "{base}");
    }
    assert!(Rest::new(ApiBase::DISCORD, &Secret::new("test_a\nb")).is_err());
    let discord = Simulator::start(Config::default()).unwrap();
    assert_eq!(rest(&discord).call(Method::GET, "/applications/@me", None).await.unwrap()["id"], "9001");
}

#[tokio::test]
async fn the_token_is_the_deployments() {
    let aws = Aws::start().await;
    let missing = stored(&aws.secrets(), "/other/bot-token").await.unwrap_err();
    assert!(missing.to_string().contains("./timmy rotate bot-token"), "{missing}");
    let create = aws.secrets().create_secret().name("/other/bot-token").secret_string("test_token\n");
    create.send().await.unwrap();
    assert_eq!(stored(&aws.secrets(), "/other/bot-token").await.unwrap().expose(), b"test_token");
}

#[test]
fn discords_own_api_is_asked_where_no_stack_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(parsed(&["--data", data]).base(), "https://discord.com/api/v10");
    assert_eq!(parsed(&["--data", data, "--api", "http://127.0.0.1:1"]).base(), "http://127.0.0.1:1");
    // No way for a token onto the command line.
    let names = Register::augment_args(Command::new("register"));
    let takes_a_value =
        |name: &str| names.get_arguments().any(|arg| arg.get_id() == name && arg.get_action().takes_values());
    assert!(takes_a_value("guild") && !takes_a_value("token_stdin") && !takes_a_value("token"));
}
