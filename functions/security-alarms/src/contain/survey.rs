//! Looks at what containment touches. A list is read to its end or counts as not told: what a half of it says would be
//! acted on, and the other half would run on.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::DesiredStatus;
use aws_sdk_eventbridge::types::RuleState;
use aws_sdk_kms::types::KeyState;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType};
use shared::aws_code::code;
use shared::telemetry::Telemetry;

use super::Clients;
use super::names::function_of;
use super::plan::{Need, Seen};

/// Pages of a list; more are no list of ours.
const PAGES: usize = 50;

/// A list that could not be told whole: the service's code, or `too_long`, `in_transition`.
type Told<T> = Result<T, String>;

impl Clients {
    /// Looks at what is needed, all at once. What fails is told to the log and counts as not told.
    pub(super) async fn survey(&self, need: Need, log: &Telemetry) -> Seen {
        let (rules, mappings, concurrency, tasks, secrets, keys) = tokio::join!(
            told(need.rules, "contain.rules", Box::pin(self.rules()), log),
            told(need.mappings, "contain.mappings", Box::pin(self.mappings()), log),
            told(need.concurrency, "contain.concurrency", Box::pin(self.concurrency()), log),
            told(need.tasks, "contain.tasks", Box::pin(self.tasks()), log),
            told(need.secrets, "contain.secrets", Box::pin(self.replaceable()), log),
            told(need.keys, "contain.keys", Box::pin(self.keys()), log),
        );
        Seen { rules, mappings, concurrency, tasks, secrets, keys }
    }

    /// Our schedules, but for those that wake this function. Rules that listen for events stay: nothing comes by them
    /// that a queue or a person did not cause.
    pub(super) async fn rules(&self) -> Told<BTreeMap<String, bool>> {
        let mut found = BTreeMap::new();
        let mut next = None;
        for _ in 0..PAGES {
            let call = self.events.list_rules().name_prefix(self.names.start()).set_next_token(next);
            let page = call.send().await.map_err(|error| code(&error))?;
            for rule in page.rules() {
                let name = rule.name().unwrap_or_default();
                if rule.schedule_expression().is_some() && self.names.has_rule(name) {
                    found.insert(name.to_owned(), *rule.state().ok_or("no_state")? != RuleState::Disabled);
                }
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
        Err("too_long".to_owned())
    }

    /// What our functions take from queues, but for this one. The stream of the audit trail's ends is none: what proves that
    /// we are right goes on being signed. The replies that are due are none either: each that was promised ends.
    pub(super) async fn mappings(&self) -> Told<BTreeMap<String, bool>> {
        let mut found = BTreeMap::new();
        let mut next = None;
        for _ in 0..PAGES {
            let call = self.lambda.list_event_source_mappings().set_marker(next);
            let page = call.send().await.map_err(|error| code(&error))?;
            for mapping in page.event_source_mappings() {
                let function = mapping.function_arn().and_then(function_of).unwrap_or_default();
                let source = mapping.event_source_arn().unwrap_or_default();
                if self.names.has_function(function) && self.names.has_intake(source) {
                    let id = mapping.uuid().ok_or("no_id")?;
                    found.insert(id.to_owned(), is_on(mapping.state().unwrap_or_default())?);
                }
            }
            next = page.next_marker.filter(|marker| !marker.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
        Err("too_long".to_owned())
    }

    /// What is reserved for the jobs.
    pub(super) async fn concurrency(&self) -> Told<BTreeMap<String, Option<u32>>> {
        let mut found = BTreeMap::new();
        for job in self.names.jobs() {
            let call = self.lambda.get_function_concurrency().function_name(&job);
            let said = call.send().await.map_err(|error| code(&error))?;
            let reserved = said.reserved_concurrent_executions.map(u32::try_from).transpose();
            found.insert(job, reserved.map_err(|_| "negative")?);
        }
        Ok(found)
    }

    /// Workers that run or will.
    pub(super) async fn tasks(&self) -> Told<BTreeSet<String>> {
        let Some(cluster) = &self.cluster else { return Ok(BTreeSet::new()) };
        let mut found = BTreeSet::new();
        let mut next = None;
        for _ in 0..PAGES {
            let call = self.ecs.list_tasks().cluster(cluster).desired_status(DesiredStatus::Running);
            let page = call.set_next_token(next).send().await.map_err(|error| code(&error))?;
            found.extend(page.task_arns().iter().cloned());
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
        Err("too_long".to_owned())
    }

    /// Our secrets that somebody can replace without people.
    pub(super) async fn replaceable(&self) -> Told<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let mut next = None;
        let ours = Filter::builder().key(FilterNameStringType::Name).values(&self.secret_prefix).build();
        for _ in 0..PAGES {
            let call = self.secrets.list_secrets().filters(ours.clone()).set_next_token(next);
            let page = call.send().await.map_err(|error| code(&error))?;
            // The filter goes by words; a name is ours only whole.
            let ours =
                |name: &str| name.strip_prefix(&self.secret_prefix).is_some_and(|rest| rest.starts_with('/'));
            for secret in page.secret_list() {
                if let Some(name) = secret.name().filter(|name| ours(name))
                    && secret.rotation_enabled() == Some(true)
                {
                    found.insert(name.to_owned());
                }
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
        Err("too_long".to_owned())
    }

    /// The tokens' key. One that is about to be deleted, or waits for its material, cannot be used either.
    pub(super) async fn keys(&self) -> Told<BTreeMap<String, bool>> {
        let Some(key) = &self.token_key else { return Ok(BTreeMap::new()) };
        let said = self.kms.describe_key().key_id(key).send().await.map_err(|error| code(&error))?;
        let about = said.key_metadata.ok_or("no_state")?;
        // It may be named by an alias, and those cannot be switched.
        let id = about.arn.unwrap_or(about.key_id);
        Ok(BTreeMap::from([(id, about.key_state.ok_or("no_state")? == KeyState::Enabled)]))
    }
}

/// `None`: it is not needed, or could not be told.
async fn told<T>(
    needed: bool,
    what: &'static str,
    look: impl Future<Output = Told<T>>,
    log: &Telemetry,
) -> Option<T> {
    if !needed {
        return None;
    }
    look.await.inspect_err(|code| log.fault(what, code)).ok()
}

/// What is on its way there counts as there. One that is made, changed or taken away just now can be neither switched nor
/// noted; a moment later it can.
fn is_on(state: &str) -> Told<bool> {
    match state {
        "Enabled" | "Enabling" => Ok(true),
        "Disabled" | "Disabling" => Ok(false),
        _ => Err("in_transition".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_counts_as_there() {
        for (state, on) in [("Enabled", true), ("Enabling", true), ("Disabled", false), ("Disabling", false)]
        {
            assert_eq!(is_on(state), Ok(on));
        }
        for state in ["Creating", "Updating", "Deleting", ""] {
            assert_eq!(is_on(state), Err("in_transition".to_owned()), "{state}");
        }
    }
}
