//! What the worker is told at its start. Secrets are named, not given (SPEC W30).

use core::time::Duration;

use jiff::SignedDuration;
use shared::discord::rest::ApiBase;
use shared::domain::workers::{LeaseTimes, ShardCount, ShardId};
use shared::env::{BadEnv, Env};
use shared::ids::ApplicationId;

/// The worker's configuration.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// `DISCORD_APPLICATION_ID`.
    pub application_id: ApplicationId,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
    /// `DISCORD_GATEWAY_URL`, if it is not Discord's own.
    pub gateway_url: Option<String>,
    /// `PUBLIC_BASE_URL`: where people find us; part of the user agent.
    pub home: String,
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `BOT_TOKEN_SECRET`.
    pub bot_token_secret: String,
    /// `CUSTOM_ID_KEY_SECRET`.
    pub custom_id_secret: String,
    /// `LOG_KEY_SECRET`.
    pub log_key_secret: String,
    /// `PRIVACY_QUEUE_URL`: where it is told that a guild sent the bot away.
    pub privacy_queue_url: String,
    /// `SHARD_ID`, default 0.
    pub shard: ShardId,
    /// `SHARD_COUNT`, default 1.
    pub shard_count: ShardCount,
    /// `VOICE_QUEUE_URL_TEMPLATE`, filled in for the shard.
    pub queue_url: String,
    /// `ECS_CONTAINER_METADATA_URI_V4`, where ECS says which task this is. The worker is named after its task, so that
    /// voice-supervisor knows whose lease a stopped task held; elsewhere its name is random.
    pub metadata_uri: Option<String>,
    /// `LEASE_TTL_S`, default 15.
    pub lease: LeaseTimes,
    /// `IDLE_LEAVE_S`: an empty room is left after this, default 300.
    pub idle_leave: Duration,
    /// `STOP_LEAVE_S`: a stopped bot leaves after this, default 10.
    pub stop_leave: Duration,
    /// `IDLE_EXIT_S`: the process ends after this without a guild, default 300.
    pub idle_exit: Duration,
    /// `REREAD_S`: every guild is read again after this, default 15.
    pub reread: Duration,
    /// `HAND_OVER_S`: how long a worker that is told to stop waits for one that follows, default 90. ECS gives it 120.
    pub hand_over: Duration,
    /// `VOICE_SUPERVISOR_FUNCTION`, which starts the one that follows; nobody is asked without it.
    pub supervisor: Option<String>,
    /// `HEALTH_ADDR`, where `GET /healthz` is answered; nowhere without it.
    pub health_addr: Option<core::net::SocketAddr>,
}

impl WorkerConfig {
    /// Reads and parses it; the error names the variable.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let seconds = |name, default| env.parse_or(name, default).map(Duration::from_secs);
        let shard: ShardId = env.parse_or("SHARD_ID", ShardId::new(0))?;
        Ok(Self {
            application_id: env.parse("DISCORD_APPLICATION_ID")?,
            api_base: match env.get("DISCORD_API_BASE_URL") {
                Some(_) => env.parse("DISCORD_API_BASE_URL")?,
                None => ApiBase::discord(),
            },
            gateway_url: env.get("DISCORD_GATEWAY_URL").map(str::to_owned),
            home: env.text_or("PUBLIC_BASE_URL", "https://github.com/timmybot/timmybot"),
            table_prefix: env.text_or("TABLE_PREFIX", "timmybot"),
            bot_token_secret: env.required("BOT_TOKEN_SECRET")?.to_owned(),
            custom_id_secret: env.required("CUSTOM_ID_KEY_SECRET")?.to_owned(),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            privacy_queue_url: env.required("PRIVACY_QUEUE_URL")?.to_owned(),
            shard,
            shard_count: env.parse_or("SHARD_COUNT", ShardCount::ONE)?,
            queue_url: env.required("VOICE_QUEUE_URL_TEMPLATE")?.replace("{shard}", &shard.to_string()),
            metadata_uri: env.get("ECS_CONTAINER_METADATA_URI_V4").map(str::to_owned),
            lease: lease(env)?,
            idle_leave: seconds("IDLE_LEAVE_S", 300)?,
            stop_leave: seconds("STOP_LEAVE_S", 10)?,
            idle_exit: seconds("IDLE_EXIT_S", 300)?,
            reread: seconds("REREAD_S", 15)?,
            hand_over: seconds("HAND_OVER_S", 90)?,
            supervisor: env.get("VOICE_SUPERVISOR_FUNCTION").map(str::to_owned),
            health_addr: env.get("HEALTH_ADDR").map(|_| env.parse("HEALTH_ADDR")).transpose()?,
        })
    }
}

fn lease(env: &Env) -> Result<LeaseTimes, BadEnv> {
    let seconds: i64 = env.parse_or("LEASE_TTL_S", 15)?;
    LeaseTimes::of_ttl(SignedDuration::from_secs(seconds))
        .map_err(|error| BadEnv::Malformed { name: "LEASE_TTL_S", why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: [(&str, &str); 6] = [
        ("DISCORD_APPLICATION_ID", "9001"),
        ("BOT_TOKEN_SECRET", "/timmybot/bot-token"),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key"),
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("PRIVACY_QUEUE_URL", "https://sqs.invalid/1/timmybot-privacy"),
        ("VOICE_QUEUE_URL_TEMPLATE", "https://sqs.invalid/1/timmybot-voice-{shard}"),
    ];

    fn with(more: &[(&'static str, &'static str)]) -> Result<WorkerConfig, BadEnv> {
        WorkerConfig::from_env(&Env::of(LEAST.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn the_least_that_is_needed_gives_the_times_of_the_catalogue() {
        let config = with(&[]).unwrap();
        assert_eq!((config.shard, config.shard_count), (ShardId::new(0), ShardCount::ONE));
        assert_eq!(config.queue_url, "https://sqs.invalid/1/timmybot-voice-0");
        let times = [config.idle_leave, config.idle_exit, config.reread, config.stop_leave, config.hand_over];
        assert_eq!(times.map(|time| time.as_secs()), [300, 300, 15, 10, 90]);
        assert_eq!(config.lease, LeaseTimes::DEFAULT);
        assert!(config.gateway_url.is_none() && config.health_addr.is_none() && config.supervisor.is_none());
    }

    #[test]
    fn a_shard_listens_at_its_own_door() {
        let config = with(&[("SHARD_ID", "3"), ("SHARD_COUNT", "4")]).unwrap();
        assert_eq!(config.queue_url, "https://sqs.invalid/1/timmybot-voice-3");
    }

    #[test]
    fn what_is_missing_or_nonsense_is_named() {
        for (missing, _) in LEAST {
            let rest = LEAST.into_iter().filter(|(name, _)| *name != missing);
            assert_eq!(WorkerConfig::from_env(&Env::of(rest)).err(), Some(BadEnv::Missing(missing)));
        }
        for (name, value) in
            [("LEASE_TTL_S", "1"), ("HEALTH_ADDR", "here"), ("SHARD_ID", "-1"), ("IDLE_EXIT_S", "soon")]
        {
            let refused = with(&[(name, value)]).err();
            assert!(
                matches!(refused, Some(BadEnv::Malformed { name: named, .. }) if named == name),
                "{name}"
            );
        }
    }
}
