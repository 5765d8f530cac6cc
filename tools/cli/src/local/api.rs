//! The API on this machine: the function behind `/api`, `/status`, `/openapi.json` and `/.well-known`.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::Result;
use aws_local::{ACCOUNT, function_url};
use axum::Router;
use serde_json::Value;
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::telemetry::Sink;

use super::session::Users;
use super::voice::{self, Places, SUPERVISOR};

/// What an HTTP API leads to it; the template has the same.
const ROUTES: [&str; 5] =
    ["/api/{*proxy}", "/status", "/status.json", "/openapi.json", "/.well-known/{*proxy}"];

/// Starts it. `base` is where clients reach it.
pub(crate) fn start(places: &Places<'_>, users: &Users, base: &str) -> Result<Router> {
    let endpoint = places.stack.endpoint();
    let env = Env::of::<&str, String>([
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("JWT_KEYS_SECRET", "/timmybot/jwt-keys".to_owned()),
        ("PUBLIC_BASE_URL", base.to_owned()),
        ("OPERATOR_IDS", format!("{},{}", users.operator, users.second_operator)),
        ("ALLOW_HTTP", "true".to_owned()),
        ("PRIVACY_QUEUE_URL", format!("{endpoint}/{ACCOUNT}/timmybot-privacy")),
        ("STATUS_BUCKET", format!("timmybot-status-{ACCOUNT}")),
        ("CHECKPOINT_KEY_ID", "alias/timmybot-audit".to_owned()),
        ("SECURITY_CONTACT", "mailto:nobody@local.invalid".to_owned()),
        ("VOICE_QUEUE_URL_TEMPLATE", voice::doorbells(&endpoint)),
        ("VOICE_SUPERVISOR_FUNCTION", SUPERVISOR.to_owned()),
    ]);
    let machine = api::Machine {
        sink: Sink::file(super::up::log(places.data)?),
        clock: Clock::system(),
        rng: Rng::system(),
        patience: (),
    };
    let app =
        Arc::new(api::App::new(api::Config::from_env(&env)?, &testkit::sdk_config(&endpoint), &machine));
    let invoke = move |event: Value| {
        let app = Arc::clone(&app);
        async move {
            let answer = Box::pin(api::handle(&app, &event)).await;
            // Strings and numbers: it always is JSON.
            Ok::<_, Infallible>(serde_json::to_value(answer).unwrap_or_default())
        }
    };
    Ok(ROUTES
        .into_iter()
        .fold(Router::new(), |router, path| router.merge(function_url::route(path, invoke.clone()))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What is reached here is reached there, and the other way round.
    #[test]
    fn the_routes_are_the_templates() {
        let text = std::fs::read_to_string(testkit::workspace_root().join("template.yaml")).unwrap();
        let target = "Target: !Sub 'integrations/${ApiIntegration}'";
        let lines: Vec<&str> = text.lines().collect();
        let targets = lines.iter().enumerate().filter(|(_, line)| line.trim() == target);
        let keys = targets.filter_map(|(at, _)| {
            lines[..at].iter().rev().find_map(|line| line.trim().strip_prefix("RouteKey: "))
        });
        let paths: BTreeSet<String> = keys
            .filter_map(|key| key.split(' ').nth(1))
            .map(|path| path.replace("{proxy+}", "{*proxy}"))
            .collect();
        assert_eq!(paths, ROUTES.map(str::to_owned).into());
    }
}
