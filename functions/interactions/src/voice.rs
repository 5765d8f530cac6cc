//! Voice: the way to the worker, and votes. All of it or nothing: without it the bot keeps queues and says that voice is
//! not switched on.

use aws_config::SdkConfig;
use shared::env::{BadEnv, Env};
use shared::store::Db;
use shared::store::votes::VoteStore;
use shared::voice_call::{VoiceCallConfig, VoiceCaller};

const DEADLINES: &str = "REPLY_DEADLINE_QUEUE_URL";

/// Where the voice worker's parts are.
#[derive(Clone, Debug)]
pub struct VoiceConfig {
    /// How a worker is called.
    pub call: VoiceCallConfig,
    /// `REPLY_DEADLINE_QUEUE_URL`.
    pub reply_deadline_queue_url: String,
}

/// The clients. What they may touch is listed in [`crate::grants`].
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) votes: VoteStore,
    pub(crate) caller: VoiceCaller,
}

impl VoiceConfig {
    /// `None` where nothing is set; half of it is a mistake that stops the start.
    pub(crate) fn from_env(env: &Env) -> Result<Option<Self>, BadEnv> {
        let call = VoiceCallConfig::from_env(env)?;
        let deadlines = env.get(DEADLINES).map(str::to_owned);
        match (call, deadlines) {
            (None, None) => Ok(None),
            (Some(call), Some(reply_deadline_queue_url)) => Ok(Some(Self { call, reply_deadline_queue_url })),
            (Some(_), None) => Err(BadEnv::Missing(DEADLINES)),
            (None, Some(_)) => Err(BadEnv::Missing(VoiceCallConfig::TEMPLATE)),
        }
    }
}

impl Voice {
    /// As configured, over the tables of `db`.
    pub(crate) fn new(config: &VoiceConfig, sdk: &SdkConfig, db: &Db) -> Self {
        Self { votes: VoteStore::new(db.clone()), caller: VoiceCaller::new(&config.call, sdk, db) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(&str, &str); 3] = [
        (VoiceCallConfig::TEMPLATE, "https://sqs.invalid/1/timmybot-voice-{shard}"),
        ("VOICE_SUPERVISOR_FUNCTION", "timmybot-voice-supervisor"),
        (DEADLINES, "https://sqs.invalid/1/timmybot-reply-deadline"),
    ];

    #[test]
    fn all_of_it_or_nothing() {
        let config = VoiceConfig::from_env(&Env::of(ALL)).unwrap().unwrap();
        assert_eq!(config.reply_deadline_queue_url, ALL[2].1);
        assert!(VoiceConfig::from_env(&Env::of([("SHARD_COUNT", "4")])).unwrap().is_none());
        for (missing, _) in ALL {
            let rest = ALL.into_iter().filter(|(name, _)| *name != missing);
            assert_eq!(VoiceConfig::from_env(&Env::of(rest)).unwrap_err(), BadEnv::Missing(missing));
        }
        let only = VoiceConfig::from_env(&Env::of([ALL[2]])).unwrap_err();
        assert_eq!(only, BadEnv::Missing(VoiceCallConfig::TEMPLATE));
    }
}
