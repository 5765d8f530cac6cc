//! Whether what the functions are told is what they can read, and what Discord knows of the application.

use anyhow::{Context as _, Result};
use aws_sdk_lambda::Client as Lambda;
use aws_sdk_lambda::types::EnvironmentResponse;
use shared::aws_code::code;
use shared::env::{BadEnv, Env};
use testkit::signing::DiscordKey;

use super::deployment::Deployment;
use super::discord::Application;
use super::finding::Finding;
use crate::local::session::Session;
use crate::local::up;

/// A function, and its own parser.
type Reader = (&'static str, fn(&Env) -> Result<(), BadEnv>);

/// The function that Discord speaks to.
const DOOR: &str = "interactions";

const READERS: [Reader; 8] = [
    (DOOR, |env| interactions::config::Config::from_env(env).map(drop)),
    ("voice-supervisor", |env| voice_supervisor::Config::from_env(env).map(drop)),
    ("oauth", |env| oauth::Config::from_env(env).map(drop)),
    ("webhooks", |env| webhooks::Config::from_env(env).map(drop)),
    ("api", |env| api::Config::from_env(env).map(drop)),
    ("token-rotation", |env| token_rotation::Config::from_env(env).map(drop)),
    ("data-retention", |env| data_retention::Config::from_env(env).map(drop)),
    ("security-alarms", |env| security_alarms::Config::from_env(env).map(drop)),
];

/// What a function is told.
struct Told {
    function: &'static str,
    reads: fn(&Env) -> Result<(), BadEnv>,
    /// Its environment, or the service's code.
    env: Result<Env, String>,
}

/// What was seen.
struct Seen {
    told: Vec<Told>,
    application: Result<Application, Finding>,
}

/// Asks Lambda for each function's environment; the local stack tells that of the one Discord speaks to.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let told = match deployment.local() {
        Some(session) => vec![told_here(session)],
        None => told_there(deployment).await,
    };
    let application = match deployment.discord().await {
        Ok(discord) => discord.application().await,
        Err(finding) => Err(finding),
    };
    judge(&Seen { told, application })
}

fn told_here(session: &Session) -> Told {
    let (function, reads) = READERS[0];
    let env = environment(session).map_err(|error| format!("{error:#}"));
    Told { function, reads, env }
}

fn environment(session: &Session) -> Result<Env> {
    let seed = hex::decode(&session.test_signing_key).ok().and_then(|seed| seed.try_into().ok());
    let key = DiscordKey::from_seed(seed.context("the session's signing key is damaged")?).public_hex();
    let rest = format!("{}/api/v10", session.simulator.trim_end_matches("/sim"));
    Ok(up::environment(session, key, rest))
}

async fn told_there(deployment: &Deployment) -> Vec<Told> {
    let lambda = Lambda::new(&deployment.sdk);
    let mut told = Vec::new();
    for (function, reads) in READERS {
        let env = told_to(&lambda, &deployment.named(function)).await;
        told.push(Told { function, reads, env });
    }
    told
}

/// A function's environment, with what Lambda itself adds.
pub(super) async fn told_to(lambda: &Lambda, name: &str) -> Result<Env, String> {
    let asked = lambda.get_function_configuration().function_name(name).send().await;
    let said = asked.map_err(|error| code(&error))?;
    let variables = said.environment().and_then(EnvironmentResponse::variables).cloned().unwrap_or_default();
    let region = said.function_arn().and_then(|arn| arn.split(':').nth(3)).unwrap_or_default().to_owned();
    let added = [("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()), ("AWS_REGION", region)];
    let added = added.map(|(name, value)| (name.to_owned(), value));
    Ok(Env::of(variables.into_iter().chain(added)))
}

fn judge(seen: &Seen) -> Vec<Finding> {
    let mut found: Vec<_> = seen.told.iter().filter_map(unreadable).collect();
    let door = seen.told.iter().find(|told| told.function == DOOR).and_then(|told| told.env.as_ref().ok());
    found.extend(door.and_then(operators));
    match &seen.application {
        Ok(application) => found.extend(door.into_iter().flat_map(|env| strangers(env, application))),
        Err(finding) => found.push(finding.clone()),
    }
    found
}

fn unreadable(told: &Told) -> Option<Finding> {
    let function = told.function;
    match &told.env {
        Ok(env) => (told.reads)(env).err().map(|bad| {
            Finding::broken(
                format!("the function {function} does not start: {bad}"),
                "deploy again with a value that docs/OPERATIONS.md, \"What a function is told\", allows",
            )
        }),
        Err(code) => Some(Finding::untold(&format!("what the function {function} is told"), code)),
    }
}

/// A lockdown is lifted by two.
fn operators(env: &Env) -> Option<Finding> {
    let mend = "deploy with OperatorIds=FIRST,SECOND, the Discord user ids of at least two people";
    let ids = env.get("OPERATOR_IDS").unwrap_or_default();
    let mut ids: Vec<_> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.len() {
        0 => Some(Finding::broken("there is no operator: nobody can approve a server", mend)),
        1 => Some(Finding::look("there is one operator, and it takes two to end a lockdown", mend)),
        _ => None,
    }
}

/// Whether the functions and the token are of the same application.
fn strangers(env: &Env, application: &Application) -> Vec<Finding> {
    let mut found = Vec::new();
    let id = env.get("DISCORD_APPLICATION_ID").unwrap_or_default();
    if id != application.id {
        found.push(Finding::broken(
            format!("the functions are told application {id}, and the bot's token is of {}", application.id),
            "deploy with the DiscordApplicationId that the token is of, or timmy rotate bot-token",
        ));
    }
    let keys = env.get("DISCORD_PUBLIC_KEYS").unwrap_or_default();
    if !keys.split(',').any(|key| key.trim().eq_ignore_ascii_case(&application.verify_key)) {
        found.push(Finding::broken(
            "Discord signs with a key that the functions do not know, so every command is refused",
            format!("deploy with DiscordPublicKeys={}", application.verify_key),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use testkit::template::{OURS, Template};

    use super::super::finding::Severity;
    use super::*;

    const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const ID: &str = "775799577604522054";

    fn env(changes: &[(&str, &str)]) -> Env {
        let all = [
            ("DISCORD_APPLICATION_ID", ID),
            ("DISCORD_PUBLIC_KEYS", KEY),
            ("OPERATOR_IDS", "155149108183695360,155149108183695361"),
            ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key"),
            ("LOG_KEY_SECRET", "/timmybot/log-key"),
            ("PRIVACY_QUEUE_URL", "https://sqs.invalid/1/timmybot-privacy"),
            ("CONTROL_QUEUE_URL", "https://sqs.invalid/1/timmybot-control"),
        ];
        let all = all.into_iter().chain(changes.iter().copied());
        Env::of(all.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    fn application() -> Application {
        Application { id: ID.to_owned(), verify_key: KEY.to_owned(), interactions_endpoint_url: None }
    }

    fn door(env: Result<Env, String>) -> Told {
        let (function, reads) = READERS[0];
        Told { function, reads, env }
    }

    fn with(changes: &[(&str, &str)]) -> Vec<Finding> {
        judge(&Seen { told: vec![door(Ok(env(changes)))], application: Ok(application()) })
    }

    #[test]
    fn a_function_that_is_told_all_is_well() {
        assert_eq!(with(&[]), []);
        assert_eq!(with(&[("DISCORD_PUBLIC_KEYS", &format!("{KEY},{KEY}"))]), [], "a change-over");
    }

    #[test]
    fn what_no_function_could_start_with_is_named() {
        for (name, value) in [
            ("DISCORD_APPLICATION_ID", "0"),
            ("DISCORD_PUBLIC_KEYS", "ab"),
            ("OPERATOR_IDS", "1,x"),
            ("PRIVACY_QUEUE_URL", ""),
        ] {
            let found = with(&[(name, value)]);
            let named = found.iter().find(|finding| finding.what.contains("does not start"));
            let named = named.unwrap_or_else(|| panic!("{name}: {found:?}"));
            assert!(named.severity == Severity::Broken && named.what.contains(name), "{named:?}");
        }
    }

    #[test]
    fn every_function_of_the_template_has_its_reader() {
        let template = Template::parse(OURS).unwrap();
        let named = template.of_type("AWS::Serverless::Function").map(|(_, function)| {
            let name = function["Properties"]["FunctionName"]["Fn::Sub"].as_str().unwrap();
            name.strip_prefix("${TablePrefix}-").unwrap().to_owned()
        });
        let mut named: Vec<_> = named.collect();
        let mut read = READERS.map(|(function, _)| function.to_owned()).to_vec();
        named.sort();
        read.sort();
        assert_eq!(named, read);
        for (function, reads) in READERS {
            assert!(reads(&Env::default()).is_err(), "{function} starts with nothing");
        }
    }

    #[test]
    fn it_takes_two_operators() {
        for (ids, severity) in [
            ("", Some(Severity::Broken)),
            ("155149108183695360", Some(Severity::Look)),
            ("155149108183695360, 155149108183695360", Some(Severity::Look)),
            ("155149108183695360,155149108183695361", None),
        ] {
            let found = operators(&env(&[("OPERATOR_IDS", ids)]));
            assert_eq!(found.map(|finding| finding.severity), severity, "{ids}");
        }
    }

    #[test]
    fn another_application_and_another_key_are_told() {
        let id = with(&[("DISCORD_APPLICATION_ID", "175928847299117063")]);
        assert!(id.len() == 1 && id[0].what.contains("175928847299117063"), "{id:?}");
        let other = DiscordKey::from_seed([9; 32]).public_hex();
        let key = with(&[("DISCORD_PUBLIC_KEYS", &other)]);
        assert!(key.len() == 1 && key[0].mend.contains(KEY), "{key:?}");
    }

    #[test]
    fn what_cannot_be_read_hides_nothing_else() {
        let silent = Finding::untold("the application at Discord", "timeout");
        let (function, reads) = READERS[1];
        let missing = Told { function, reads, env: Err("ResourceNotFoundException".to_owned()) };
        let told = vec![door(Ok(env(&[("OPERATOR_IDS", "155149108183695360")]))), missing];
        let found = judge(&Seen { told, application: Err(silent.clone()) });
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].what.contains("voice-supervisor") && found.contains(&silent), "{found:?}");
    }
}
