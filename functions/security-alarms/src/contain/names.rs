//! Which things of an account are ours. Exactly those: a second stack may stand beside this one under a longer prefix.

/// The functions that containment may touch. security-alarms is not among them: it has to lift what it laid.
const FUNCTIONS: [&str; 7] =
    ["interactions", "voice-supervisor", "oauth", "webhooks", "api", "token-rotation", "data-retention"];
/// Those that run by themselves.
const JOBS: [&str; 2] = ["token-rotation", "data-retention"];
/// The queue of replies that are due: people wait at its end, and it is read at every level.
const DUE: &str = "reply-deadline";
/// The one that Secrets Manager asks to replace a secret.
const REPLACES: &str = "token-rotation";

/// The names of what is ours, under a prefix.
#[derive(Clone, Debug)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// What all names begin with.
    pub(super) fn start(&self) -> String {
        format!("{}-", self.prefix)
    }

    /// The jobs' names.
    pub(super) fn jobs(&self) -> [String; 2] {
        JOBS.map(|job| format!("{}-{job}", self.prefix))
    }

    /// All functions' names, security-alarms included: for evidence.
    pub(super) fn functions(&self) -> impl Iterator<Item = String> {
        FUNCTIONS.into_iter().chain(["security-alarms"]).map(|function| format!("{}-{function}", self.prefix))
    }

    /// Where workers log.
    pub(super) fn voice_log_group(&self) -> String {
        format!("/ecs/{}-voice", self.prefix)
    }

    /// Whether a function is one that containment may touch.
    pub(super) fn has_function(&self, name: &str) -> bool {
        let own = name.strip_prefix(&self.prefix).and_then(|rest| rest.strip_prefix('-'));
        own.is_some_and(|own| FUNCTIONS.contains(&own))
    }

    /// Whether what is read from this source is intake that containment may stop: a queue, but for the replies that are due.
    pub(super) fn has_intake(&self, source_arn: &str) -> bool {
        let due = format!(":{}-{DUE}", self.prefix);
        source_arn.contains(":sqs:") && !source_arn.ends_with(&due)
    }

    /// Whether a rule is one of a function's that containment may touch: `{prefix}-{function}-…`.
    pub(super) fn has_rule(&self, name: &str) -> bool {
        let own = name.strip_prefix(&self.prefix).and_then(|rest| rest.strip_prefix('-'));
        let of = |function: &str| {
            own.is_some_and(|own| own.strip_prefix(function).is_some_and(|rest| rest.starts_with('-')))
        };
        FUNCTIONS.into_iter().any(of)
    }
}

/// The function's name in an ARN, which may end in a version or an alias.
pub(super) fn function_of(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":function:")?;
    rest.split(':').next().filter(|name| !name.is_empty())
}

/// Whether secrets cannot be replaced without this function.
pub(super) fn replaces_secrets(function: &str) -> bool {
    function.strip_suffix(REPLACES).is_some_and(|start| start.ends_with('-'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;
    use testkit::template::{OURS, Template};

    use super::*;

    /// What follows the prefix in a name of the template.
    fn own(name: &Value) -> &str {
        name["Fn::Sub"].as_str().unwrap().strip_prefix("${TablePrefix}-").unwrap()
    }

    /// A function or a schedule that containment does not know would run on.
    #[test]
    fn every_function_and_schedule_of_the_template_is_known() {
        let template = Template::parse(OURS).unwrap();
        let functions =
            template.of_type("AWS::Serverless::Function").map(|(_, function)| &function["Properties"]);
        let mut known = BTreeSet::new();
        for function in functions {
            let name = own(&function["FunctionName"]);
            known.insert(name);
            let events = function["Events"].as_object().into_iter().flatten();
            for (id, event) in events.filter(|(_, event)| event["Type"] == "Schedule") {
                let rule = format!("timmybot-{}", own(&event["Properties"]["Name"]));
                assert_eq!(names().has_rule(&rule), name != "security-alarms", "{id} of {name}");
            }
        }
        let all = FUNCTIONS.into_iter().chain(["security-alarms"]);
        assert_eq!(known, all.collect());
    }

    fn names() -> Names {
        Names::new("timmybot")
    }

    #[test]
    fn queues_are_intake_and_streams_and_replies_that_are_due_are_none() {
        let of = |rest: &str| names().has_intake(&format!("arn:aws:{rest}"));
        assert!(of("sqs:eu-central-1:123456789012:timmybot-webhooks"));
        assert!(of("sqs:eu-central-1:123456789012:other-reply-deadline"));
        assert!(!of("sqs:eu-central-1:123456789012:timmybot-reply-deadline"));
        assert!(!of("dynamodb:eu-central-1:123456789012:table/timmybot-audit-heads/stream/2026"));
    }

    #[test]
    fn exactly_our_functions_are_ours() {
        for name in FUNCTIONS {
            assert!(names().has_function(&format!("timmybot-{name}")));
        }
        for name in [
            "timmybot-security-alarms",
            "timmybot-dev-webhooks",
            "timmybot-webhooks-2",
            "timmybotwebhooks",
            "webhooks",
            "timmybot-",
            "",
        ] {
            assert!(!names().has_function(name), "{name}");
        }
    }

    #[test]
    fn exactly_our_rules_are_ours() {
        for name in ["timmybot-webhooks-nightly", "timmybot-token-rotation-nightly", "timmybot-api-x"] {
            assert!(names().has_rule(name), "{name}");
        }
        for name in [
            "timmybot-incidents",
            "timmybot-incidents-watch",
            "timmybot-security-alarms-x",
            "timmybot-dev-webhooks-nightly",
            "timmybot-webhooks",
            "timmybot-apix-nightly",
            "other-webhooks-nightly",
        ] {
            assert!(!names().has_rule(name), "{name}");
        }
    }

    #[test]
    fn a_function_is_named_in_its_arn() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:timmybot-webhooks";
        assert_eq!(function_of(arn), Some("timmybot-webhooks"));
        assert_eq!(function_of(&format!("{arn}:live")), Some("timmybot-webhooks"));
        for odd in ["", "timmybot-webhooks", "arn:aws:lambda:eu-central-1:123456789012:function:"] {
            assert_eq!(function_of(odd), None, "{odd}");
        }
    }

    #[test]
    fn one_job_is_needed_to_replace_secrets() {
        let [rotation, retention] = names().jobs();
        assert!(replaces_secrets(&rotation) && !replaces_secrets(&retention));
        assert!(!replaces_secrets("xtoken-rotation") && names().functions().count() == 8);
    }
}
