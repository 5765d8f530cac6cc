//! What we put into queues (SPEC P8).

mod doorbells;

use core::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use jiff::Timestamp;

use crate::aws_code::code;
use crate::messages::{Control, PrivacyRequest, PrivacyStatus, ReplyDeadline, StartCheck, WebhookJob};

pub use doorbells::{DoorbellQueues, DoorbellUrls, NoShardInTemplate};

/// The queue whose messages wait until a reply's deadline. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ReplyDeadlineQueue {
    client: Client,
    url: String,
}

/// How long a message stays invisible at first: 0 to 900 s, which is the service's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(u16);

impl Delay {
    /// The service's limit, in seconds.
    pub const LONGEST_S: u16 = 900;
    /// The service's limit.
    pub const LONGEST: Self = Self(Self::LONGEST_S);
    /// At once.
    pub const NONE: Self = Self(0);

    /// From `now` until `at`, rounded up, within the limits.
    pub fn until(at: Timestamp, now: Timestamp) -> Self {
        let wait = at.duration_since(now).as_millis().max(0);
        let seconds = u16::try_from((wait + 999) / 1000).unwrap_or(Self::LONGEST_S);
        Self(seconds.min(Self::LONGEST_S))
    }

    /// In seconds.
    pub const fn seconds(self) -> u16 {
        self.0
    }
}

/// A delay of more than 900 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message can wait for 900 s at most")]
pub struct DelayTooLong;

impl TryFrom<Duration> for Delay {
    type Error = DelayTooLong;

    fn try_from(delay: Duration) -> Result<Self, DelayTooLong> {
        let seconds = u16::try_from(delay.as_secs()).map_err(|_| DelayTooLong)?;
        if seconds <= Self::LONGEST_S { Ok(Self(seconds)) } else { Err(DelayTooLong) }
    }
}

/// The message may or may not have been sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sending failed: {code}")]
pub struct QueueError {
    code: String,
}

impl QueueError {
    fn construction() -> Self {
        Self { code: "construction".to_owned() }
    }

    /// The service's error code, or `timeout`, `dispatch`, `response`.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl ReplyDeadlineQueue {
    /// The queue at `url` (`REPLY_DEADLINE_QUEUE_URL`).
    pub fn new(sdk: &SdkConfig, url: &str) -> Self {
        Self { client: Client::new(sdk), url: url.to_owned() }
    }

    /// Sends the message so that it arrives after `delay`. Write the reply's row first and defer only after this
    /// succeeded: then whatever dies in between, the reply ends.
    pub async fn schedule(&self, message: &ReplyDeadline, delay: Delay) -> Result<(), QueueError> {
        let body = message.to_body().map_err(|_| QueueError::construction())?;
        self.send(body, delay).await
    }

    /// Sends the message so that it arrives after `delay`; voice-supervisor reads this queue anyway.
    pub async fn schedule_check(&self, message: StartCheck, delay: Delay) -> Result<(), QueueError> {
        let body = message.to_body().map_err(|_| QueueError::construction())?;
        self.send(body, delay).await
    }

    async fn send(&self, body: String, delay: Delay) -> Result<(), QueueError> {
        let request = self.client.send_message().queue_url(&self.url).message_body(body);
        let outcome = request.delay_seconds(i32::from(delay.0)).send().await;
        outcome.map(drop).map_err(|error| QueueError { code: code(&error) })
    }
}

/// The queue of orders about incidents and containment (SPEC T27, T33). Cheap to clone.
#[derive(Clone, Debug)]
pub struct ControlQueue {
    client: Client,
    url: String,
}

impl ControlQueue {
    /// The queue at `url` (`CONTROL_QUEUE_URL`).
    pub fn new(sdk: &SdkConfig, url: &str) -> Self {
        Self { client: Client::new(sdk), url: url.to_owned() }
    }

    /// Gives an order, to arrive after `delay`. After an error it may or may not have been sent: it may be sent again.
    pub async fn order(&self, order: &Control, delay: Delay) -> Result<(), QueueError> {
        let body = order.to_body().map_err(|_| QueueError::construction())?;
        let request = self.client.send_message().queue_url(&self.url).message_body(body);
        let outcome = request.delay_seconds(i32::from(delay.0)).send().await;
        outcome.map(drop).map_err(|error| QueueError { code: code(&error) })
    }
}

/// The queue of what people ask about their own data (SPEC T30, T31). Cheap to clone.
#[derive(Clone, Debug)]
pub struct PrivacyQueue {
    client: Client,
    url: String,
}

impl PrivacyQueue {
    /// The queue at `url` (`PRIVACY_QUEUE_URL`).
    pub fn new(sdk: &SdkConfig, url: &str) -> Self {
        Self { client: Client::new(sdk), url: url.to_owned() }
    }

    /// Asks. After an error it may or may not have been sent: the same request may be sent again.
    pub async fn ask(&self, request: &PrivacyRequest) -> Result<(), QueueError> {
        self.ask_later(request, Delay::NONE).await
    }

    /// The same so that it arrives after `delay`: how data-retention goes on with what takes longer than it may run.
    pub async fn ask_later(&self, request: &PrivacyRequest, delay: Delay) -> Result<(), QueueError> {
        self.send(request.to_body().map_err(|_| QueueError::construction())?, delay).await
    }

    /// Asks how far a request is, for a reply that is owed. Write its row first.
    pub async fn look(&self, status: &PrivacyStatus) -> Result<(), QueueError> {
        self.send(status.to_body().map_err(|_| QueueError::construction())?, Delay::NONE).await
    }

    async fn send(&self, body: String, delay: Delay) -> Result<(), QueueError> {
        let call = self.client.send_message().queue_url(&self.url).message_body(body);
        let sent = call.delay_seconds(i32::from(delay.0)).send().await;
        sent.map(drop).map_err(|error| QueueError { code: code(&error) })
    }
}

/// The queue of what verified webhooks want (SPEC W21). Cheap to clone.
#[derive(Clone, Debug)]
pub struct WebhookQueue {
    client: Client,
    url: String,
}

impl WebhookQueue {
    /// The queue at `url` (`WEBHOOK_QUEUE_URL`).
    pub fn new(sdk: &SdkConfig, url: &str) -> Self {
        Self { client: Client::new(sdk), url: url.to_owned() }
    }

    /// Hands a job on. After an error it may or may not have been sent: the same job may be sent again.
    pub async fn hand_on(&self, job: &WebhookJob) -> Result<(), QueueError> {
        let body = job.to_body().map_err(|_| QueueError::construction())?;
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        sent.map(drop).map_err(|error| QueueError { code: code(&error) })
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use testkit::Aws;

    use super::*;
    use crate::domain::workers::{Epoch, ShardId};
    use crate::ids::{GuildId, InteractionId};

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    async fn url(aws: &Aws) -> String {
        aws.sqs()
            .get_queue_url()
            .queue_name("timmybot-reply-deadline")
            .send()
            .await
            .unwrap()
            .queue_url
            .unwrap()
    }

    async fn received(aws: &Aws, url: &str) -> Vec<String> {
        let receive =
            aws.sqs().receive_message().queue_url(url).max_number_of_messages(10).wait_time_seconds(0);
        let output = receive.send().await.unwrap();
        output.messages.unwrap_or_default().into_iter().filter_map(|message| message.body).collect()
    }

    #[test]
    fn a_delay_is_rounded_up_and_stays_within_the_services_limits() {
        for (at, seconds) in [
            (now() - 1.second(), 0),
            (now(), 0),
            (now() + 1.millisecond(), 1),
            (now() + 60.seconds(), 60),
            (now() + 900.seconds(), 900),
            (now() + 24.hours(), 900),
        ] {
            assert_eq!(Delay::until(at, now()).seconds(), seconds);
        }
        assert_eq!(Delay::try_from(Duration::from_mins(15)), Ok(Delay(900)));
        assert_eq!(Delay::try_from(Duration::from_secs(901)), Err(DelayTooLong));
    }

    #[tokio::test]
    async fn a_message_arrives_and_a_delayed_one_does_not_yet() {
        let aws = Aws::start().await;
        let url = url(&aws).await;
        let queue = ReplyDeadlineQueue::new(aws.sdk_config(), &url);
        let message = ReplyDeadline::new(GuildId::new(42), InteractionId::new(7));
        queue.schedule(&message, Delay(0)).await.unwrap();
        queue
            .schedule(&ReplyDeadline::new(GuildId::new(43), InteractionId::new(8)), Delay(900))
            .await
            .unwrap();
        let bodies = received(&aws, &url).await;
        assert_eq!(bodies.iter().map(|body| ReplyDeadline::parse(body)).collect::<Vec<_>>(), [Ok(message)]);
    }

    #[tokio::test]
    async fn a_check_travels_in_the_same_queue() {
        let aws = Aws::start().await;
        let url = url(&aws).await;
        let queue = ReplyDeadlineQueue::new(aws.sdk_config(), &url);
        let check = StartCheck::new(ShardId::new(0), Epoch::new(1), 2);
        queue.schedule_check(check, Delay(0)).await.unwrap();
        let bodies = received(&aws, &url).await;
        assert_eq!(bodies.iter().map(|body| StartCheck::parse(body)).collect::<Vec<_>>(), [Ok(check)]);
    }

    #[tokio::test]
    async fn a_queue_that_is_not_there_is_an_error_with_a_code() {
        let aws = Aws::start().await;
        let queue =
            ReplyDeadlineQueue::new(aws.sdk_config(), &format!("{}/000000000000/none", aws.endpoint()));
        let sent =
            queue.schedule(&ReplyDeadline::new(GuildId::new(42), InteractionId::new(7)), Delay(0)).await;
        assert!(sent.is_err_and(
            |error| error.code().contains("NonExistentQueue") || error.code().contains("DoesNotExist")
        ));
    }
}
