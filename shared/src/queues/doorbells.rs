//! The doorbells of the shards: one queue each.

use core::str::FromStr;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;

use super::QueueError;
use crate::aws_code::code;
use crate::domain::workers::ShardId;
use crate::ids::GuildId;
use crate::messages::Doorbell;

const SHARD: &str = "{shard}";

/// The queues that workers listen to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DoorbellQueues {
    client: Client,
    template: DoorbellUrls,
}

/// `VOICE_QUEUE_URL_TEMPLATE` does not say where the shard's number goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{SHARD} must stand in it exactly once")]
pub struct NoShardInTemplate;

/// The addresses of the shards' queues: `VOICE_QUEUE_URL_TEMPLATE`, parsed.
#[derive(Clone, Debug)]
pub struct DoorbellUrls {
    before: String,
    after: String,
}

impl FromStr for DoorbellUrls {
    type Err = NoShardInTemplate;

    fn from_str(text: &str) -> Result<Self, NoShardInTemplate> {
        let (before, after) = text.split_once(SHARD).ok_or(NoShardInTemplate)?;
        if after.contains(SHARD) {
            return Err(NoShardInTemplate);
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned() })
    }
}

impl DoorbellQueues {
    /// The queues at `template` (`VOICE_QUEUE_URL_TEMPLATE`), in which `{shard}` stands for the shard's number.
    pub fn new(sdk: &SdkConfig, template: &str) -> Result<Self, NoShardInTemplate> {
        Ok(Self::at(sdk, template.parse()?))
    }

    /// The same from a template that was checked before.
    pub fn at(sdk: &SdkConfig, template: DoorbellUrls) -> Self {
        Self { client: Client::new(sdk), template }
    }

    /// The address of a shard's queue.
    pub fn url(&self, shard: ShardId) -> String {
        let DoorbellUrls { before, after } = &self.template;
        format!("{before}{shard}{after}")
    }

    /// Tells the shard's worker that revision `rev` of the guild's queue is written. Look at the shard's lease *after*
    /// ringing: a worker that releases it looks into its queue once more before it does.
    pub async fn ring(&self, shard: ShardId, guild: GuildId, rev: u64) -> Result<(), QueueError> {
        let body = Doorbell::new(guild, rev).to_body().map_err(|_| QueueError::construction())?;
        let send = self.client.send_message().queue_url(self.url(shard)).message_body(body);
        send.send().await.map(drop).map_err(|error| QueueError { code: code(&error) })
    }
}

#[cfg(test)]
mod tests {
    use testkit::Aws;

    use super::*;

    fn queues(aws: &Aws) -> DoorbellQueues {
        DoorbellQueues::new(aws.sdk_config(), &aws.queue_url("voice-{shard}")).unwrap()
    }

    #[tokio::test]
    async fn a_doorbell_rings_at_its_shard() {
        let aws = Aws::start().await;
        let queues = queues(&aws);
        queues.ring(ShardId::new(0), GuildId::new(42), 7).await.unwrap();
        let receive = aws.sqs().receive_message().queue_url(aws.queue_url("voice-0")).wait_time_seconds(0);
        let messages = receive.send().await.unwrap().messages.unwrap();
        let bodies: Vec<_> = messages.iter().map(|one| Doorbell::parse(one.body().unwrap())).collect();
        assert_eq!(bodies, [Ok(Doorbell::new(GuildId::new(42), 7))]);
    }

    #[tokio::test]
    async fn a_shard_without_a_queue_is_an_error_with_a_code() {
        let aws = Aws::start().await;
        let rung = queues(&aws).ring(ShardId::new(999), GuildId::new(42), 7).await;
        assert!(rung.is_err_and(|error| error.code().contains("Queue")));
    }

    #[test]
    fn a_template_says_once_where_the_number_goes() {
        for bad in ["", "https://sqs.invalid/voice-0", "{shard}/{shard}"] {
            assert_eq!(bad.parse::<DoorbellUrls>().err(), Some(NoShardInTemplate), "{bad}");
        }
        assert!("https://sqs.invalid/1/a-{shard}-b".parse::<DoorbellUrls>().is_ok());
    }
}
