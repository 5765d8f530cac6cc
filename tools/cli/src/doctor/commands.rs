//! Whether Discord offers the commands that the bot knows.

use serde_json::Value;

use super::deployment::Deployment;
use super::finding::Finding;
use crate::register::diff::{Change, diff};
use crate::register::wanted;

/// Asks Discord for those that are registered for all servers.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let registered = match deployment.discord().await {
        Ok(discord) => discord.commands().await,
        Err(finding) => Err(finding),
    };
    match (wanted(), registered) {
        (Ok(wanted), Ok(registered)) => judge(&wanted, &registered),
        (Err(_), _) => vec![Finding::untold("the bot's own commands", "unregistrable")],
        (_, Err(finding)) => vec![finding],
    }
}

/// What is missing cannot be used. What differs or is left over still shows.
fn judge(wanted: &[Value], registered: &[Value]) -> Vec<Finding> {
    let mend = "timmy register --dry-run shows it, timmy register mends it";
    let finding = |change: Change| match change {
        Change::Create { name } => {
            Finding::broken(format!("the command /{name} is not registered at Discord"), mend)
        }
        Change::Update { name, fields } => {
            Finding::look(format!("the command /{name} differs at Discord: {}", fields.join(", ")), mend)
        }
        Change::Delete { name } => {
            Finding::look(format!("Discord offers /{name}, which the bot does not know"), mend)
        }
    };
    diff(wanted, registered).into_iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::finding::Severity;
    use super::*;

    fn command(name: &str, description: &str) -> Value {
        json!({ "name": name, "description": description, "type": 1 })
    }

    #[test]
    fn what_is_registered_as_it_should_be_is_well() {
        let all = wanted().unwrap();
        assert_eq!(judge(&all, &all), []);
    }

    #[test]
    fn what_is_missing_is_broken_and_the_rest_worth_a_look() {
        let wanted = [command("play", "Play"), command("skip", "Skip")];
        let registered = [command("skip", "Next"), command("old", "Old")];
        let mut found = judge(&wanted, &registered);
        found.sort_by(|a, b| a.what.cmp(&b.what));
        let told: Vec<_> = found.iter().map(|finding| (finding.severity, finding.what.as_str())).collect();
        assert_eq!(
            told,
            [
                (Severity::Look, "Discord offers /old, which the bot does not know"),
                (Severity::Broken, "the command /play is not registered at Discord"),
                (Severity::Look, "the command /skip differs at Discord: description"),
            ]
        );
        assert!(found.iter().all(|finding| finding.mend.contains("timmy register")));
    }
}
