//! SNS: topics that put what is published into queues and keep it on record, speaking AWS's Query protocol (forms in,
//! XML out).
//!
//! Emulated: `Publish`, `ListTopics`, `GetTopicAttributes`. Subscriptions of the protocol `sqs` are delivered at once, in
//! the envelope or raw; functions are invoked asynchronously, with the three tries of such an invocation. The envelope has the documented fields but those of the signature (`SignatureVersion`,
//! `Signature`, `SigningCertURL`) and `UnsubscribeURL`, which nobody here could sign or serve. Attributes of a message do
//! not go with a raw delivery, since queues here take none. Subscriptions by mail are kept on record and told nothing. Not emulated, and refused: FIFO topics, filters, `MessageStructure`, text messages to telephones.

mod attribute;
mod envelope;
mod error;
mod form;
mod lambda_event;
mod record;
mod request;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response};

use crate::calls::Recorder;
use crate::fault::{Faults, Words};
use crate::lambda::Functions;
use crate::machine;
use crate::sqs::Sqs;
use crate::template::{Protocol, SubscriptionPlan, TopicPlan};
use crate::wire::{ACCOUNT, REGION};
use crate::xml::{container, document, element};
pub use attribute::Attribute;
use error::SnsError;
use form::Form;
pub use record::Published;
use record::Record;
use request::Publish;

/// Of the elements in answers, and of the version in requests.
const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
/// A message of the greatest size fits, escaped at its worst.
const MAX_REQUEST: usize = 1_048_576;

/// Of faults.
const WORDS: Words<SnsError> =
    Words { broken: SnsError::internal, throttled: SnsError::throttled, denied: SnsError::denied };

/// The topics of a stack.
#[derive(Debug)]
pub(crate) struct Sns {
    topics: BTreeMap<String, TopicPlan>,
    queues: Arc<Sqs>,
    functions: Arc<Functions>,
    record: Record,
    faults: Faults,
}

impl Sns {
    /// The template's topics, which deliver into `queues` and to `functions`.
    pub(crate) fn new(plans: &[TopicPlan], queues: Arc<Sqs>, functions: Arc<Functions>) -> Self {
        let topics = plans.iter().map(|plan| (arn(&plan.name), plan.clone())).collect();
        Self { topics, queues, functions, record: Record::default(), faults: Faults::default() }
    }

    /// Whether a request is in this service's protocol: the only one here that takes forms.
    pub(crate) fn is_asked(request: &Request<Body>) -> bool {
        form::is_form(request)
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was published to the topic of this name, oldest first; of very much only the last.
    pub(crate) fn published(&self, topic: &str) -> Vec<Published> {
        self.record.of(topic)
    }

    /// Answers one call.
    pub(crate) async fn call(
        &self,
        request: Request<Body>,
        calls: &Recorder,
        trace: Option<&str>,
    ) -> Response<Body> {
        let id = machine::uuid().unwrap_or_default();
        match self.answer(request, calls, trace, &id).await {
            Ok(response) => response,
            Err(error) => error.response(&id),
        }
    }

    async fn answer(
        &self,
        request: Request<Body>,
        calls: &Recorder,
        trace: Option<&str>,
        id: &str,
    ) -> Result<Response<Body>, SnsError> {
        let body = axum::body::to_bytes(request.into_body(), MAX_REQUEST).await;
        let form = Form::read(&body.map_err(|_| SnsError::invalid("Message too long"))?);
        let operation = form.get("Action").unwrap_or_default();
        let topic = form.get("TopicArn").or_else(|| form.get("TargetArn"));
        calls.told(operation, topic.and_then(|arn| arn.rsplit(':').next()), trace);
        let act = || self.dispatch(operation, &form);
        let fault = self.faults.take(operation);
        let result = fault.around(act, &WORDS).await?;
        let metadata = container("ResponseMetadata", &element("RequestId", id));
        let result = container(&format!("{operation}Result"), &result);
        Ok(document(NAMESPACE, &format!("{operation}Response"), &(result + &metadata)))
    }

    /// What is inside of the result's element.
    fn dispatch(&self, operation: &str, form: &Form) -> Result<String, SnsError> {
        match operation {
            "Publish" => self.publish(form),
            "ListTopics" => Ok(self.list()),
            "GetTopicAttributes" => self.attributes(form),
            other => Err(SnsError::unknown_action(other)),
        }
    }

    /// Publishes what a service here has to say; a topic that is not there hears nothing.
    pub(crate) fn tell(&self, topic_arn: &str, subject: &str, message: &str) {
        let published = Published {
            message_id: machine::uuid().unwrap_or_default(),
            topic_arn: topic_arn.to_owned(),
            subject: Some(subject.chars().take(100).collect()),
            message: message.to_owned(),
            attributes: BTreeMap::new(),
            at: machine::now(),
        };
        if let Ok(topic) = self.topic(topic_arn) {
            self.hand_out(topic, published);
        }
    }

    fn publish(&self, form: &Form) -> Result<String, SnsError> {
        let publish = Publish::read(form)?;
        let topic = self.topic(&publish.topic_arn)?;
        let message_id = machine::uuid().map_err(|_| SnsError::internal())?;
        let published = Published {
            message_id: message_id.clone(),
            topic_arn: publish.topic_arn,
            subject: publish.subject,
            message: publish.message,
            attributes: publish.attributes,
            at: machine::now(),
        };
        self.hand_out(topic, published);
        Ok(element("MessageId", &message_id))
    }

    /// What is not there gets nothing, as in the cloud: the publisher is not told.
    fn hand_out(&self, topic: &TopicPlan, published: Published) {
        for subscription in &topic.subscriptions {
            let name = subscription.endpoint.rsplit(':').next().unwrap_or_default();
            match subscription.protocol {
                Protocol::Sqs => self.queues.deliver(name, in_queue(subscription, &published)),
                Protocol::Lambda => self.functions.hand_over(name, lambda_event::of(&published)),
                Protocol::Email => {}
            }
        }
        self.record.keep(&topic.name, published);
    }

    /// All on one page: a template holds fewer than the service's hundred.
    fn list(&self) -> String {
        let members = self.topics.keys().map(|arn| container("member", &element("TopicArn", arn)));
        container("Topics", &members.collect::<String>())
    }

    fn attributes(&self, form: &Form) -> Result<String, SnsError> {
        let arn = request::topic_arn(form, "TopicArn")?;
        let topic = self.topic(&arn)?;
        // Nobody here has clicked the link in a mail.
        let pending = topic.subscriptions.iter().filter(|one| one.protocol == Protocol::Email).count();
        let mut attributes = vec![
            ("DisplayName", String::new()),
            ("Owner", ACCOUNT.to_owned()),
            ("SubscriptionsConfirmed", (topic.subscriptions.len() - pending).to_string()),
            ("SubscriptionsDeleted", "0".to_owned()),
            ("SubscriptionsPending", pending.to_string()),
            ("TopicArn", arn),
        ];
        attributes.extend(topic.kms_key.iter().map(|key| ("KmsMasterKeyId", key.clone())));
        let entries = attributes
            .iter()
            .map(|(name, value)| container("entry", &(element("key", name) + &element("value", value))));
        Ok(container("Attributes", &entries.collect::<String>()))
    }

    fn topic(&self, arn: &str) -> Result<&TopicPlan, SnsError> {
        self.topics.get(arn).ok_or_else(SnsError::no_such_topic)
    }
}

/// What a queue gets.
fn in_queue(subscription: &SubscriptionPlan, published: &Published) -> String {
    if subscription.raw { published.message.clone() } else { envelope::of(published) }
}

fn arn(topic: &str) -> String {
    format!("arn:aws:sns:{REGION}:{ACCOUNT}:{topic}")
}
