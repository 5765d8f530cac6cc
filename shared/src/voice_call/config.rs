//! What a function that changes queues is told about voice.

use crate::domain::workers::ShardCount;
use crate::env::{BadEnv, Env};
use crate::queues::DoorbellUrls;

const SUPERVISOR: &str = "VOICE_SUPERVISOR_FUNCTION";

/// Where the voice worker's parts are.
#[derive(Clone, Debug)]
pub struct VoiceCallConfig {
    /// `VOICE_QUEUE_URL_TEMPLATE`: the doorbells' queues, with `{shard}` for the number.
    pub doorbells: DoorbellUrls,
    /// `SHARD_COUNT`, default 1.
    pub shards: ShardCount,
    /// `VOICE_SUPERVISOR_FUNCTION`: the name of the function that starts workers.
    pub supervisor_function: String,
}

impl VoiceCallConfig {
    /// The variable that names the queues.
    pub const TEMPLATE: &str = "VOICE_QUEUE_URL_TEMPLATE";

    /// `None` where nothing is set; half of it is a mistake that stops the start.
    pub fn from_env(env: &Env) -> Result<Option<Self>, BadEnv> {
        if [Self::TEMPLATE, SUPERVISOR].iter().all(|name| env.get(name).is_none()) {
            return Ok(None);
        }
        Ok(Some(Self {
            doorbells: env.parse(Self::TEMPLATE)?,
            shards: env.parse_or("SHARD_COUNT", ShardCount::ONE)?,
            supervisor_function: env.required(SUPERVISOR)?.to_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(&str, &str); 2] = [
        (VoiceCallConfig::TEMPLATE, "https://sqs.invalid/1/timmybot-voice-{shard}"),
        (SUPERVISOR, "timmybot-voice-supervisor"),
    ];

    #[test]
    fn all_of_it_switches_voice_on_and_none_of_it_leaves_it_off() {
        let config = VoiceCallConfig::from_env(&Env::of(ALL)).unwrap().unwrap();
        assert_eq!((config.shards, config.supervisor_function.as_str()), (ShardCount::ONE, ALL[1].1));
        let off = VoiceCallConfig::from_env(&Env::of([("SHARD_COUNT", "4")])).unwrap();
        assert!(off.is_none());
    }

    #[test]
    fn half_of_it_is_a_mistake_that_is_named() {
        for (missing, _) in ALL {
            let rest = ALL.into_iter().filter(|(name, _)| *name != missing);
            assert_eq!(VoiceCallConfig::from_env(&Env::of(rest)).unwrap_err(), BadEnv::Missing(missing));
        }
    }

    #[test]
    fn a_template_without_a_shard_and_no_shards_are_refused() {
        for (name, value) in [(VoiceCallConfig::TEMPLATE, "https://sqs.invalid/voice"), ("SHARD_COUNT", "0")]
        {
            let env = Env::of(ALL.into_iter().chain([(name, value)]));
            assert!(
                matches!(VoiceCallConfig::from_env(&env), Err(BadEnv::Malformed { name: bad, .. }) if bad == name)
            );
        }
    }
}
