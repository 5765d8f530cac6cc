//! What the function is told at its start.

use jiff::SignedDuration;
use shared::discord::rest::ApiBase;
use shared::domain::workers::{LeaseTimes, ShardCount};
use shared::env::{BadEnv, Env};
use shared::ids::ApplicationId;

use crate::tasks::Placement;

/// Where Discord's rule for the user agent points when no address of ours is configured.
const NO_HOME: &str = "https://timmybot.invalid";

/// The function's configuration. It holds no secret (SPEC W30).
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`.
    pub table_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret.
    pub log_key_secret: String,
    /// `DISCORD_APPLICATION_ID`: whose identifies are counted.
    pub application: ApplicationId,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
    /// `PUBLIC_BASE_URL`: where people find us.
    pub home: String,
    /// `SHARD_COUNT`.
    pub shards: ShardCount,
    /// `LEASE_TTL_S`, the same as the workers are told.
    pub lease_times: LeaseTimes,
    /// `REPLY_DEADLINE_QUEUE_URL`: the queue that invokes us; our own checks travel in it.
    pub queue_url: String,
    /// `ECS_CLUSTER`, `VOICE_TASK_DEFINITION`, `VOICE_SUBNETS`, `VOICE_SECURITY_GROUP`.
    pub placement: Placement,
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let api_base = env.get("DISCORD_API_BASE_URL").unwrap_or(ApiBase::DISCORD);
        let malformed = |why: String| BadEnv::Malformed { name: "DISCORD_API_BASE_URL", why };
        Ok(Self {
            table_prefix: table_prefix(env),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            application: env.parse("DISCORD_APPLICATION_ID")?,
            api_base: api_base.parse().map_err(|error| malformed(ToString::to_string(&error)))?,
            home: env.text_or("PUBLIC_BASE_URL", NO_HOME),
            shards: env.parse_or("SHARD_COUNT", ShardCount::ONE)?,
            lease_times: lease_times(env)?,
            queue_url: env.required("REPLY_DEADLINE_QUEUE_URL")?.to_owned(),
            placement: placement(env)?,
        })
    }
}

fn table_prefix(env: &Env) -> String {
    env.text_or("TABLE_PREFIX", "timmybot")
}

fn lease_times(env: &Env) -> Result<LeaseTimes, BadEnv> {
    let seconds = env.parse_or("LEASE_TTL_S", 15_u16)?;
    let times = LeaseTimes::of_ttl(SignedDuration::from_secs(seconds.into()));
    times.map_err(|error| BadEnv::Malformed { name: "LEASE_TTL_S", why: error.to_string() })
}

fn placement(env: &Env) -> Result<Placement, BadEnv> {
    let subnets: Vec<String> = env.list("VOICE_SUBNETS")?;
    if subnets.is_empty() {
        return Err(BadEnv::Missing("VOICE_SUBNETS"));
    }
    Ok(Placement {
        cluster: env.required("ECS_CLUSTER")?.to_owned(),
        task_definition: env.required("VOICE_TASK_DEFINITION")?.to_owned(),
        subnets,
        security_group: env.required("VOICE_SECURITY_GROUP")?.to_owned(),
        prefix: table_prefix(env),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 7] = [
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("DISCORD_APPLICATION_ID", "7"),
        ("REPLY_DEADLINE_QUEUE_URL", "https://sqs.invalid/q"),
        ("ECS_CLUSTER", "timmybot-voice"),
        ("VOICE_TASK_DEFINITION", "timmybot-voice:1"),
        ("VOICE_SUBNETS", "subnet-1,subnet-2"),
        ("VOICE_SECURITY_GROUP", "sg-1"),
    ];

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!(config.table_prefix, "timmybot");
        assert_eq!(config.api_base, ApiBase::DISCORD.parse().unwrap());
        assert_eq!((config.shards, config.lease_times), (ShardCount::ONE, LeaseTimes::DEFAULT));
        assert_eq!(config.placement.subnets, ["subnet-1", "subnet-2"]);
        assert_eq!(Env::spared(&REQUIRED, Config::from_env), [""; 0]);
    }

    #[test]
    fn nonsense_stops_the_function() {
        for (name, value) in [
            ("DISCORD_API_BASE_URL", "http://discord.com/api/v10"),
            ("DISCORD_APPLICATION_ID", "0"),
            ("SHARD_COUNT", "0"),
            ("LEASE_TTL_S", "3"),
        ] {
            let refused = with(&[(name, value)]).err();
            assert_eq!(refused.and_then(|error| error.malformed()), Some(name), "{value}");
        }
    }
}
