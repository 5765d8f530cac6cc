//! What could not be done and lies in a queue for people.

use aws_sdk_sqs::Client as Sqs;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use jiff::{SignedDuration, Timestamp};
use shared::aws_code::code;
use testkit::template::{OURS, Template};

use super::deployment::Deployment;
use super::finding::Finding;

/// How the names of such queues end.
const ENDING: &str = "-dlq";
/// Where what lies is worthless after an hour (docs/runbooks/dead-letters.md).
const WORTHLESS: [&str; 2] = ["-voice-dlq", "-reply-deadline-dlq"];
/// As many as a call gives.
const SAMPLE: i32 = 10;
/// All that can lie there, however far somebody is with it.
const COUNTED: [QueueAttributeName; 3] = [
    QueueAttributeName::ApproximateNumberOfMessages,
    QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    QueueAttributeName::ApproximateNumberOfMessagesDelayed,
];

/// What lies in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Depth {
    messages: u64,
    /// When the oldest of a sample was sent.
    oldest: Option<Timestamp>,
}

/// A queue, and what is in it or the service's code.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    queue: String,
    depth: Result<Depth, String>,
}

/// Counts each, and looks at a few of what lies there without taking them.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let Some(names) = names(&deployment.table_prefix) else {
        return vec![Finding::untold("the list of dead-letter queues", "template")];
    };
    let sqs = Sqs::new(&deployment.sdk);
    let mut seen = Vec::new();
    for queue in names {
        let depth = depth(&sqs, &queue).await;
        seen.push(Seen { queue, depth });
    }
    judge(&seen, deployment.now)
}

/// Those of the template, in its order.
fn names(prefix: &str) -> Option<Vec<String>> {
    let template = Template::parse(OURS).ok()?;
    let queues = template.of_type("AWS::SQS::Queue");
    let names = queues.filter_map(|(_, queue)| queue["Properties"]["QueueName"]["Fn::Sub"].as_str());
    let names = names.filter(|name| name.ends_with(ENDING));
    Some(names.map(|name| name.replace("${TablePrefix}", prefix)).collect())
}

async fn depth(sqs: &Sqs, queue: &str) -> Result<Depth, String> {
    let found = sqs.get_queue_url().queue_name(queue).send().await.map_err(|error| code(&error))?;
    let url = found.queue_url.ok_or("response")?;
    let asked = sqs.get_queue_attributes().queue_url(&url).set_attribute_names(Some(COUNTED.to_vec()));
    let said = asked.send().await.map_err(|error| code(&error))?.attributes.unwrap_or_default();
    let messages: u64 = COUNTED.iter().filter_map(|name| said.get(name)?.parse::<u64>().ok()).sum();
    let oldest = if messages == 0 { None } else { oldest(sqs, &url).await };
    Ok(Depth { messages, oldest })
}

/// Whoever may not read them still hears how many there are.
async fn oldest(sqs: &Sqs, url: &str) -> Option<Timestamp> {
    let sample = sqs.receive_message().queue_url(url).max_number_of_messages(SAMPLE).visibility_timeout(0);
    let sample = sample.message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
    let found = sample.wait_time_seconds(0).send().await.ok()?.messages.unwrap_or_default();
    let sent = found.iter().filter_map(|message| {
        let sent = message.attributes()?.get(&MessageSystemAttributeName::SentTimestamp)?;
        Timestamp::from_millisecond(sent.parse().ok()?).ok()
    });
    sent.min()
}

fn judge(seen: &[Seen], now: Timestamp) -> Vec<Finding> {
    seen.iter().filter_map(|one| filled(one, now)).collect()
}

fn filled(seen: &Seen, now: Timestamp) -> Option<Finding> {
    let queue = &seen.queue;
    let depth = match &seen.depth {
        Ok(depth) => depth,
        Err(code) => return Some(Finding::untold(&format!("the queue {queue}"), code)),
    };
    let messages = match depth.messages {
        0 => return None,
        1 => "1 message".to_owned(),
        many => format!("{many} messages"),
    };
    let age = depth.oldest.map(|oldest| format!(", one of them {} old", span(now.duration_since(oldest))));
    let what = format!("{queue} holds {messages}{}", age.unwrap_or_default());
    let is_worthless = WORTHLESS.iter().any(|ending| queue.ends_with(ending));
    Some(if is_worthless {
        Finding::look(what, "read why in the function's log, then purge it: docs/runbooks/dead-letters.md")
    } else {
        let right = if queue.ends_with("-privacy-dlq") { "somebody's right over their data: " } else { "" };
        let mend =
            format!("{right}mend the cause, and move the messages back: docs/runbooks/dead-letters.md");
        Finding::broken(what, mend)
    })
}

/// In the largest unit that is not nothing.
fn span(age: SignedDuration) -> String {
    let unit =
        |many: i64, name: &str| if many == 1 { format!("1 {name}") } else { format!("{many} {name}s") };
    match age.as_mins().max(0) {
        minutes @ 0..60 => unit(minutes, "minute"),
        minutes @ 60..1440 => unit(minutes / 60, "hour"),
        minutes => unit(minutes / 1440, "day"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use shared::clock::Clock;
    use testkit::{Aws, Fault};

    use super::super::deployment::tests::deployment;
    use super::super::finding::Severity;
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn seen(queue: &str, messages: u64, oldest: Option<Timestamp>) -> Option<Finding> {
        filled(&Seen { queue: queue.to_owned(), depth: Ok(Depth { messages, oldest }) }, now())
    }

    #[test]
    fn an_empty_queue_is_well_and_a_filled_one_is_not() {
        assert_eq!(seen("timmybot-privacy-dlq", 0, None), None);
        let privacy = seen("timmybot-privacy-dlq", 3, Some(now() - 50.hours())).unwrap();
        assert_eq!(privacy.what, "timmybot-privacy-dlq holds 3 messages, one of them 2 days old");
        assert!(privacy.severity == Severity::Broken && privacy.mend.contains("right"), "{privacy:?}");
        let hooks = seen("timmybot-webhooks-dlq", 1, None).unwrap();
        assert_eq!(hooks.what, "timmybot-webhooks-dlq holds 1 message");
        assert!(hooks.severity == Severity::Broken && !hooks.mend.contains("right"), "{hooks:?}");
    }

    #[test]
    fn what_is_worthless_after_an_hour_is_purged() {
        for queue in ["timmybot-voice-dlq", "timmybot-reply-deadline-dlq"] {
            let finding = seen(queue, 2, None).unwrap();
            assert!(finding.severity == Severity::Look && finding.mend.contains("purge"), "{finding:?}");
        }
    }

    #[test]
    fn ages_are_told_in_one_unit() {
        for (minutes, said) in [
            (-5, "0 minutes"),
            (1, "1 minute"),
            (59, "59 minutes"),
            (60, "1 hour"),
            (1439, "23 hours"),
            (1440, "1 day"),
            (20_000, "13 days"),
        ] {
            assert_eq!(span(SignedDuration::from_mins(minutes)), said);
        }
    }

    #[test]
    fn every_dead_letter_queue_of_the_template_is_looked_at() {
        let names = names("timmybot-dev").unwrap();
        for queue in ["voice", "reply-deadline", "privacy", "control", "webhooks", "rotation", "retention"] {
            assert!(names.contains(&format!("timmybot-dev-{queue}-dlq")), "{queue}: {names:?}");
        }
        let text =
            OURS.lines().filter(|line| line.contains("QueueName: !Sub") && line.contains(ENDING)).count();
        assert_eq!(names.len(), text);
    }

    #[tokio::test]
    async fn looking_takes_nothing_away() {
        let aws = Aws::start().await;
        let now = Clock::system().now();
        let deployment = deployment(&aws, now);
        assert_eq!(look(&deployment).await, []);
        for body in ["one", "two"] {
            let send = aws.sqs().send_message().queue_url(aws.queue_url("privacy-dlq"));
            send.message_body(body).send().await.unwrap();
        }
        for _ in 0..2 {
            let found = look(&deployment).await;
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].what, "timmybot-privacy-dlq holds 2 messages, one of them 0 minutes old");
        }
        assert_eq!(aws.messages("privacy-dlq").await, 2);
    }

    #[tokio::test]
    async fn a_queue_that_cannot_be_read_hides_no_other() {
        let aws = Aws::start().await;
        let deployment = deployment(&aws, Clock::system().now());
        aws.fault_next("GetQueueUrl", Fault::Status500, 1);
        let found = look(&deployment).await;
        assert!(found.len() == 1 && found[0].what.contains("could not be read"), "{found:?}");
        let mut elsewhere = deployment;
        elsewhere.table_prefix = "other".to_owned();
        assert_eq!(look(&elsewhere).await.len(), names("other").unwrap().len());
    }
}
