//! What the function is told about voice.

use shared::domain::workers::ShardCount;
use shared::env::{BadEnv, Env};
use shared::queues::DoorbellUrls;

const TEMPLATE: &str = "VOICE_QUEUE_URL_TEMPLATE";
const SUPERVISOR: &str = "VOICE_SUPERVISOR_FUNCTION";
const DEADLINES: &str = "REPLY_DEADLINE_QUEUE_URL";

/// Where the voice worker's parts are.
#[derive(Clone, Debug)]
pub struct VoiceConfig {
    /// `VOICE_QUEUE_URL_TEMPLATE`: the doorbells' queues, with `{shard}` for the number.
    pub doorbells: DoorbellUrls,
    /// `SHARD_COUNT`, default 1.
    pub shards: ShardCount,
    /// `VOICE_SUPERVISOR_FUNCTION`: the name of the function that starts workers.
    pub supervisor_function: String,
    /// `REPLY_DEADLINE_QUEUE_URL`.
    pub reply_deadline_queue_url: String,
}

impl VoiceConfig {
    /// `None` where nothing is set; half of it is a mistake that stops the start.
    pub(crate) fn from_env(env: &Env) -> Result<Option<Self>, BadEnv> {
        if [TEMPLATE, SUPERVISOR, DEADLINES].iter().all(|name| env.get(name).is_none()) {
            return Ok(None);
        }
        Ok(Some(Self {
            doorbells: env.parse(TEMPLATE)?,
            shards: env.parse_or("SHARD_COUNT", ShardCount::ONE)?,
            supervisor_function: env.required(SUPERVISOR)?.to_owned(),
            reply_deadline_queue_url: env.required(DEADLINES)?.to_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(&str, &str); 3] = [
        (TEMPLATE, "https://sqs.invalid/1/timmybot-voice-{shard}"),
        (SUPERVISOR, "timmybot-voice-supervisor"),
        (DEADLINES, "https://sqs.invalid/1/timmybot-reply-deadline"),
    ];

    #[test]
    fn all_of_it_switches_voice_on_and_none_of_it_leaves_it_off() {
        let config = VoiceConfig::from_env(&Env::of(ALL)).unwrap().unwrap();
        assert_eq!((config.shards, config.supervisor_function.as_str()), (ShardCount::ONE, ALL[1].1));
        let off = VoiceConfig::from_env(&Env::of([("SHARD_COUNT", "4")])).unwrap();
        assert!(off.is_none());
    }

    #[test]
    fn half_of_it_is_a_mistake_that_is_named() {
        for (missing, _) in ALL {
            let rest = ALL.into_iter().filter(|(name, _)| *name != missing);
            assert_eq!(VoiceConfig::from_env(&Env::of(rest)).unwrap_err(), BadEnv::Missing(missing));
        }
    }

    #[test]
    fn a_template_without_a_shard_and_no_shards_are_refused() {
        for (name, value) in [(TEMPLATE, "https://sqs.invalid/voice"), ("SHARD_COUNT", "0")] {
            let env = Env::of(ALL.into_iter().chain([(name, value)]));
            assert!(
                matches!(VoiceConfig::from_env(&env), Err(BadEnv::Malformed { name: bad, .. }) if bad == name)
            );
        }
    }
}
