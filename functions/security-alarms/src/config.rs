//! What the function is told at its start.

use shared::discord::rest::ApiBase;
use shared::domain::incident::Severity;
use shared::env::{BadEnv, Env};
use shared::public_base::PublicBase;

/// Where the runbooks of this repository are read.
const RUNBOOKS: &str = "https://github.com/timmybot/timmybot/blob/main/docs/runbooks";

/// The function's configuration. It holds no secret (SPEC W30). Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`: starts the names of all that is ours.
    pub table_prefix: String,
    /// `SECRET_PREFIX`, default `/timmybot`: channels' secrets are below `{prefix}/channels/`.
    pub secret_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `CUSTOM_ID_KEY_SECRET`: the name of the secret with the keys that sign buttons.
    pub custom_id_secret: String,
    /// `CONTROL_QUEUE_URL`: where orders come from, and where we put what is not done.
    pub control_queue: String,
    /// `EVIDENCE_BUCKET`: where evidence is kept.
    pub evidence_bucket: String,
    /// `STATUS_BUCKET`: where the API finds the status page.
    pub status_bucket: String,
    /// `ALERT_TOPIC_ARN`: the topic of the alarms; what comes from another one is none.
    pub alert_topic: String,
    /// `SEVERITY_TOPIC_ARNS`: `P0=arn,P1=arn,…`: who is told of incidents so urgent; none by default.
    pub severity_topics: Vec<SeverityTopic>,
    /// `ALARM_SUFFIX`: what ends the names of this stack's alarms, after a `-`; none by default.
    pub alarm_suffix: Option<String>,
    /// `INCIDENT_RULE`, default `{TABLE_PREFIX}-incidents`: the rule that ticks while something is open.
    pub incident_rule: String,
    /// `RUNBOOK_BASE_URL`: where the runbooks are read, without the last slash.
    pub runbooks: String,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
    /// `PUBLIC_BASE_URL`: our address in the user agent that Discord asks for.
    pub public: PublicBase,
    /// `ALLOW_HTTP`: whether channels may be `http` on this machine, default no; for tests and simulators.
    pub allow_http: bool,
    /// `ECS_CLUSTER`: where workers run; none where voice is not switched on.
    pub cluster: Option<String>,
    /// `TOKEN_KEY_ID`: the key that encrypts members' tokens, which the last level disables.
    pub token_key: Option<String>,
}

/// The topic of a severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeverityTopic {
    /// Which.
    pub severity: Severity,
    /// Its topic.
    pub arn: String,
}

/// Not `P0=arn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a topic is told as P0=arn")]
pub struct BadSeverityTopic;

impl core::str::FromStr for SeverityTopic {
    type Err = BadSeverityTopic;

    fn from_str(text: &str) -> Result<Self, BadSeverityTopic> {
        let (name, arn) = text.split_once('=').ok_or(BadSeverityTopic)?;
        let severity = Severity::ALL.into_iter().find(|severity| severity.as_str() == name);
        let severity = severity.ok_or(BadSeverityTopic)?;
        if !arn.starts_with("arn:") {
            return Err(BadSeverityTopic);
        }
        Ok(Self { severity, arn: arn.to_owned() })
    }
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let required = |name: &'static str| env.required(name).map(str::to_owned);
        let table_prefix = env.text_or("TABLE_PREFIX", "timmybot");
        Ok(Self {
            secret_prefix: env.text_or("SECRET_PREFIX", "/timmybot"),
            log_key_secret: required("LOG_KEY_SECRET")?,
            custom_id_secret: required("CUSTOM_ID_KEY_SECRET")?,
            control_queue: required("CONTROL_QUEUE_URL")?,
            evidence_bucket: required("EVIDENCE_BUCKET")?,
            status_bucket: required("STATUS_BUCKET")?,
            alert_topic: required("ALERT_TOPIC_ARN")?,
            severity_topics: env.list("SEVERITY_TOPIC_ARNS")?,
            alarm_suffix: env.get("ALARM_SUFFIX").map(str::to_owned),
            incident_rule: env.text_or("INCIDENT_RULE", &format!("{table_prefix}-incidents")),
            runbooks: env.text_or("RUNBOOK_BASE_URL", RUNBOOKS).trim_end_matches('/').to_owned(),
            api_base: env.parse_or("DISCORD_API_BASE_URL", ApiBase::discord())?,
            public: env.parse("PUBLIC_BASE_URL")?,
            allow_http: env.parse_or("ALLOW_HTTP", false)?,
            cluster: env.get("ECS_CLUSTER").map(str::to_owned),
            token_key: env.get("TOKEN_KEY_ID").map(str::to_owned),
            table_prefix,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 7] = [
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key"),
        ("CONTROL_QUEUE_URL", "https://sqs.invalid/1/timmybot-control"),
        ("EVIDENCE_BUCKET", "timmybot-evidence-123456789012"),
        ("STATUS_BUCKET", "timmybot-status-123456789012"),
        ("ALERT_TOPIC_ARN", "arn:aws:sns:eu-central-1:123456789012:timmybot-alerts"),
        ("PUBLIC_BASE_URL", "https://bot.example.org"),
    ];

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!((config.table_prefix.as_str(), config.secret_prefix.as_str()), ("timmybot", "/timmybot"));
        assert_eq!((config.incident_rule.as_str(), config.alarm_suffix), ("timmybot-incidents", None));
        assert!(!config.allow_http && config.severity_topics.is_empty());
        assert!(config.cluster.is_none() && config.token_key.is_none());
        assert_eq!(Env::spared(&REQUIRED, Config::from_env), [""; 0]);
    }

    #[test]
    fn names_follow_the_prefix_and_addresses_lose_their_slash() {
        let config = with(&[
            ("TABLE_PREFIX", "second"),
            ("RUNBOOK_BASE_URL", "https://wiki.example.org/runbooks/"),
            ("ALARM_SUFFIX", "dev"),
        ])
        .unwrap();
        assert_eq!(config.incident_rule, "second-incidents");
        assert_eq!(config.runbooks, "https://wiki.example.org/runbooks");
        assert_eq!(config.alarm_suffix.as_deref(), Some("dev"));
    }

    #[test]
    fn each_severity_has_its_topic() {
        let config = with(&[("SEVERITY_TOPIC_ARNS", "P0=arn:a,P3=arn:b")]).unwrap();
        let read: Vec<_> =
            config.severity_topics.iter().map(|topic| (topic.severity, topic.arn.as_str())).collect();
        assert_eq!(read, [(Severity::P0, "arn:a"), (Severity::P3, "arn:b")]);
    }

    #[test]
    fn nonsense_stops_the_function() {
        for (name, value) in [
            ("PUBLIC_BASE_URL", "https://two words"),
            ("DISCORD_API_BASE_URL", "http://discord.com/api/v10"),
            ("SEVERITY_TOPIC_ARNS", "P4=arn:a"),
            ("SEVERITY_TOPIC_ARNS", "P0"),
            ("SEVERITY_TOPIC_ARNS", "P0=https://example.org"),
            ("ALLOW_HTTP", "perhaps"),
        ] {
            let refused = with(&[(name, value)]).err();
            assert_eq!(refused.and_then(|error| error.malformed()), Some(name), "{value}");
        }
    }
}
