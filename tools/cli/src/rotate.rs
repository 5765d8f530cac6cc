//! `timmy rotate`: makes credentials new. What a machine can renew is renewed; for what only people can, it says what to
//! do over there, takes the new value and puts it where the bot reads it (SPEC W32, P15).
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names.

pub(crate) mod guide;

use std::io::{BufRead, IsTerminal as _};

use anyhow::{Context as _, Result, bail, ensure};
use aws_config::SdkConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
use aws_sdk_secretsmanager::primitives::DateTime;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::clock::Rng;
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;

use crate::say;
use crate::stack::Stack;
use guide::{Credential, Way};

/// What to renew.
#[derive(Debug, clap::Args)]
pub(crate) struct Rotate {
    /// Which credential: without one, all are listed with their ages.
    #[arg(value_enum)]
    what: Option<Credential>,
    /// Renew the tokens of every linked account at once, due or not.
    #[arg(long, conflicts_with = "what")]
    now: bool,
    /// The key has leaked: what it signed is worth nothing from now on, instead of for seven more days.
    #[arg(long, requires = "what")]
    leaked: bool,
    /// One line of JSON instead of words; what to do by hand is then told beside it.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: Stack,
    /// The prefix of the deployment's secrets.
    #[arg(long, env = "SECRET_PREFIX", default_value = "/timmybot")]
    secret_prefix: String,
}

impl Rotate {
    /// Does it, and says what it did.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let sdk = self.stack.sdk();
        let secrets = Secrets::new(&sdk);
        match (self.now, self.what) {
            (true, _) => {
                say::progress(self.json, "Renewing every linked account …");
                let counts = self.renew_links(&sdk).await?;
                say::answer(self.json, &renewed(&counts), &counts);
            }
            (false, None) => self.list(&secrets, now).await?,
            (false, Some(what)) => match what.way() {
                Way::Automatic if self.leaked => {
                    say::sentence(self.json, &self.replace_key(&secrets, what).await?);
                }
                Way::Automatic => say::sentence(self.json, &self.rotate_key(&secrets, what).await?),
                Way::ByHand(steps) => {
                    let tell: fn(&str) = if self.json { say::problem } else { say::line };
                    for step in steps {
                        tell(step);
                    }
                    let value = ask(what, tell)?;
                    self.put(&secrets, what, &value).await?;
                    let stored =
                        "Stored. Functions read it within five minutes; a voice worker when it starts next.";
                    say::sentence(self.json, stored);
                }
            },
        }
        Ok(())
    }

    async fn renew_links(&self, sdk: &SdkConfig) -> Result<Value> {
        let function = format!("{}-token-rotation", self.stack.table_prefix);
        let payload = serde_json::to_vec(&json!({ "type": "rotate_now", "version": 1 }))?;
        let invoke = aws_sdk_lambda::Client::new(sdk).invoke().function_name(&function);
        let answer = invoke.payload(Blob::new(payload)).send().await;
        let answer = answer.with_context(|| format!("invoking {function}"))?;
        let said: Value = answer
            .payload()
            .map(|blob| serde_json::from_slice(blob.as_ref()))
            .transpose()?
            .unwrap_or_default();
        if let Some(error) = answer.function_error() {
            bail!("{function} failed ({error}): its log says why");
        }
        Ok(said)
    }

    async fn rotate_key(&self, secrets: &Secrets, what: Credential) -> Result<String> {
        let name = what.secret(&self.secret_prefix);
        secrets.rotate_secret().secret_id(&name).send().await.with_context(|| format!("rotating {name}"))?;
        Ok(format!(
            "A new key is being made for {name}. What the old one signed verifies for seven more days."
        ))
    }

    async fn replace_key(&self, secrets: &Secrets, what: Credential) -> Result<String> {
        let name = what.secret(&self.secret_prefix);
        let got = secrets.get_secret_value().secret_id(&name).version_stage("AWSCURRENT").send().await;
        let got = got.with_context(|| format!("reading {name}"))?;
        let keys = KeySet::parse(&Secret::new(got.secret_string.unwrap_or_default()))?;
        let value = keys.replaced(Secret::new(Rng::system().bytes::<32>()?))?.to_secret()?;
        self.put(secrets, what, std::str::from_utf8(value.expose())?).await?;
        Ok(format!("{name} has a new key and no other. Every process uses it within five minutes."))
    }

    async fn put(&self, secrets: &Secrets, what: Credential, value: &str) -> Result<()> {
        let name = what.secret(&self.secret_prefix);
        let put = secrets.put_secret_value().secret_id(&name).secret_string(value).send().await;
        match put {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutSecretValueError::is_resource_not_found_exception) =>
            {
                let create = secrets.create_secret().name(&name).secret_string(value).send().await;
                create.map(drop).with_context(|| format!("creating {name}"))
            }
            Err(error) => Err(error).with_context(|| format!("storing {name}")),
        }
    }

    async fn list(&self, secrets: &Secrets, now: Timestamp) -> Result<()> {
        let (mut lines, mut all) =
            (vec!["credential       age       how it is renewed".to_owned()], Vec::new());
        for what in Credential::ALL {
            let name = what.secret(&self.secret_prefix);
            let age = match secrets.describe_secret().secret_id(&name).send().await {
                Ok(found) => age(found.last_changed_date().or(found.created_date()).map(DateTime::secs), now),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(DescribeSecretError::is_resource_not_found_exception) =>
                {
                    "not there".to_owned()
                }
                Err(error) => return Err(error).with_context(|| format!("looking at {name}")),
            };
            let how = match what.way() {
                Way::Automatic => "by itself, once a year",
                Way::ByHand(_) => "by hand",
            };
            lines.push(format!("{:<16} {age:<9} {how}", what.name()));
            all.push(json!({ "credential": what.name(), "age": age, "renewed": how }));
        }
        lines.push(
            "\nLinked accounts are renewed every night; `timmy rotate --now` does it at once.".to_owned(),
        );
        say::answer(self.json, &lines.join("\n"), &Value::Array(all));
        Ok(())
    }
}

fn age(changed_s: Option<i64>, now: Timestamp) -> String {
    let days = changed_s.map(|changed| (now.as_second().saturating_sub(changed) / 86_400).max(0));
    match days {
        None => "unknown".to_owned(),
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
    }
}

/// What a run says, in words.
fn renewed(counts: &Value) -> String {
    let count = |name: &str| counts[name].as_u64().unwrap_or_default();
    let (good, lapsed, failed) = (count("renewed"), count("lapsed"), count("failed") + count("waiting"));
    let accounts =
        |n: u64| if n == 1 { "1 linked account".to_owned() } else { format!("{n} linked accounts") };
    let mut said = vec![format!("Renewed {}.", accounts(good))];
    if lapsed > 0 {
        said.push(format!("{} no longer accepted: the owner is told to link again.", accounts(lapsed)));
    }
    if failed > 0 {
        said.push(format!(
            "{} could not be renewed now and will be tried again; the log says why.",
            accounts(failed)
        ));
    }
    said.join("\n")
}

/// The new value: one line for each of its parts, from the terminal or from a pipe.
fn ask(what: Credential, tell: fn(&str)) -> Result<String> {
    let (interactive, mut lines) = (std::io::stdin().is_terminal(), std::io::stdin().lock().lines());
    let mut read = |prompt: &str| -> Result<String> {
        if interactive {
            tell(prompt);
        }
        let line = lines.next().context("nothing was entered, so nothing was changed")??;
        let line = line.trim().to_owned();
        ensure!(!line.is_empty(), "nothing was entered, so nothing was changed");
        Ok(line)
    };
    what.value(&mut read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_in_words() {
        assert_eq!(renewed(&json!({ "renewed": 1, "lapsed": 0 })), "Renewed 1 linked account.");
        let said = renewed(&json!({ "renewed": 7, "lapsed": 1, "failed": 2, "waiting": 1 }));
        assert!(
            said.starts_with("Renewed 7 linked accounts.\n1 linked account no longer accepted"),
            "{said}"
        );
        assert!(said.contains("3 linked accounts could not be renewed now"), "{said}");
    }

    #[test]
    fn ages_are_days() {
        let now: Timestamp = "2026-01-03T00:00:00Z".parse().unwrap();
        let at = |days: i64| Some(now.as_second() - days * 86_400);
        assert_eq!([age(at(0), now), age(at(1), now), age(at(181), now)], ["0 days", "1 day", "181 days"]);
        assert_eq!((age(None, now), age(at(-1), now)), ("unknown".to_owned(), "0 days".to_owned()));
    }
}
