//! What stands at the end: what was deployed, and what only people can do.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use shared::discord::invite::{Feature, link};
use shared::ids::ApplicationId;

use super::settings::Settings;

/// Outputs that people need at once; the stack has the others.
const SHOWN: [&str; 2] = ["InteractionsUrl", "PublicBaseUrl"];

/// A deployment that came to its end.
#[derive(Debug)]
pub(super) struct Deployed {
    stack: String,
    image: String,
    registered: bool,
    outputs: BTreeMap<String, String>,
    next: Vec<String>,
}

impl Deployed {
    /// From what `CloudFormation` says about the stack.
    pub(super) fn read(stack: &Value, image: String, registered: bool, settings: &Settings) -> Result<Self> {
        let (outputs, parameters) =
            (pairs(&stack["Outputs"], "Output"), pairs(&stack["Parameters"], "Parameter"));
        let application = parameters.get("DiscordApplicationId").context("the stack knows no application")?;
        let application: ApplicationId = application.parse().context("the application's id is no number")?;
        let mut next = Vec::new();
        let (tables, secrets) = (settings.parameter("TablePrefix")?, settings.parameter("SecretPrefix")?);
        let prefixes = format!("--table-prefix {tables} --secret-prefix {secrets}");
        if !registered {
            next.push(format!(
                "Store the bot's token, then register the commands: ./timmy rotate bot-token {prefixes}, \
                 ./timmy register --secret-prefix {secrets}"
            ));
        }
        if let Some(url) = outputs.get("InteractionsUrl") {
            next.push(format!(
                "Enter {url} as Interactions Endpoint URL at https://discord.com/developers/applications/{application}/information"
            ));
        }
        let base = outputs.get("PublicBaseUrl").map_or("", String::as_str);
        let services = parameters.get("LinkServices").map(String::as_str).unwrap_or_default();
        next.extend(services.split(',').filter(|service| !service.is_empty()).map(|service| {
            format!(
                "Register {base}/oauth/callback/{service} at {service}, then store its client: ./timmy rotate {service} {prefixes}"
            )
        }));
        next.push(format!("Invite the bot: {}", link(application, &[Feature::Voice, Feature::Messages])));
        next.push("On the server: /admin request; as an operator: /admin approve; then /play".to_owned());
        Ok(Self { stack: settings.stack.clone(), image, registered, outputs, next })
    }

    /// For people.
    pub(super) fn words(&self) -> String {
        let mut said = vec![format!("Deployed: {} with {}.", self.stack, self.image)];
        let shown = SHOWN.iter().filter_map(|name| Some((name, self.outputs.get(*name)?)));
        said.extend(shown.map(|(name, value)| format!("  {name}: {value}")));
        said.push("\nWhat is left for you, unless it is done:".to_owned());
        said.extend((1..).zip(&self.next).map(|(number, step)| format!("{number}. {step}")));
        said.join("\n")
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "stack": self.stack,
            "image": self.image,
            "registered": self.registered,
            "outputs": self.outputs,
            "next": self.next,
        })
    }
}

/// `[{ "OutputKey": …, "OutputValue": … }]`, and the same of parameters.
fn pairs(list: &Value, of: &str) -> BTreeMap<String, String> {
    let text = |one: &Value, part: &str| one[format!("{of}{part}")].as_str().map(str::to_owned);
    let all = list.as_array().into_iter().flatten();
    all.filter_map(|one| Some((text(one, "Key")?, text(one, "Value")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::settings::ConfigEnv;
    use super::*;

    fn stack() -> Value {
        json!({
            "Outputs": [
                { "OutputKey": "InteractionsUrl", "OutputValue": "https://x.example/interactions" },
                { "OutputKey": "PublicBaseUrl", "OutputValue": "https://x.example" },
                { "OutputKey": "AudioBucketName", "OutputValue": "b" },
            ],
            "Parameters": [
                { "ParameterKey": "DiscordApplicationId", "ParameterValue": "775799577604522054" },
                { "ParameterKey": "LinkServices", "ParameterValue": "spotify" },
            ],
        })
    }

    fn deployed(stack: &Value, registered: bool) -> Result<Deployed> {
        let settings =
            Settings::read(include_str!("../../../../samconfig.toml"), ConfigEnv::Dev, &[]).unwrap();
        Deployed::read(stack, "r/timmybot-dev-voice@sha256:00".to_owned(), registered, &settings)
    }

    #[test]
    fn what_is_left_for_people_reads_well() {
        insta::assert_snapshot!("deployed", deployed(&stack(), false).unwrap().words());
    }

    #[test]
    fn a_token_that_is_stored_is_not_asked_for() {
        let said = deployed(&stack(), true).unwrap();
        assert!(!said.words().contains("bot-token"), "{}", said.words());
        assert_eq!(
            (&said.json()["registered"], &said.json()["outputs"]["AudioBucketName"]),
            (&json!(true), &json!("b"))
        );
        assert!(deployed(&json!({}), true).is_err());
    }
}
