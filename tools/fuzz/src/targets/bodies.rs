//! What other services say once their signature is good. They are somebody else's servers, and write what they like.

use jiff::Timestamp;
use shared::messages::WebhookJob;
use shared::security::webhook::WebhookSource;
use webhooks::{YouTubeChannel, would_read};

/// What unsigned headers may call a message.
const KINDS: [&str; 6] =
    ["notification", "revocation", "webhook_callback_verification", "release", "discussion", "something_new"];
/// The one channel that is wanted.
const CHANNEL: &str = "UC_x5XG1OV2P6uZZ5FSM9Ttw";
/// The most that a queue takes, in bytes.
const MESSAGE_MAX: usize = 256 * 1024;

/// Two bytes choose source and kind, the rest is the body. Promises: nothing panics; whatever goes into the queue fits
/// there and reads back as itself.
pub(super) fn webhook_body(data: &[u8]) {
    let [source, kind, body @ ..] = data else { return };
    let source = WebhookSource::ALL[usize::from(*source) % WebhookSource::ALL.len()];
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    let channels: Vec<YouTubeChannel> = CHANNEL.parse().into_iter().collect();
    // When the committed feed is news.
    let Ok(now) = Timestamp::from_second(1_767_355_200) else { return };
    for message in would_read(source, kind, body, &channels, now).unwrap_or_default() {
        assert!(message.len() <= MESSAGE_MAX, "{} bytes", message.len());
        let job = WebhookJob::parse(&message);
        assert_eq!(job.map(|job| job.to_body().unwrap_or_default()), Ok(message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_short_or_nonsense_is_harmless() {
        for data in [&b""[..], b"\0", b"\0\0", b"\x01\0{}", b"\x05\0<feed>", b"\x05\0\xff"] {
            webhook_body(data);
        }
    }

    #[test]
    fn the_corpus_gets_into_the_queue() {
        let corpus = testkit::workspace_root().join("tools/fuzz/corpus/webhook_body");
        let mut queued = 0;
        for entry in std::fs::read_dir(corpus).unwrap() {
            let data = std::fs::read(entry.unwrap().path()).unwrap();
            let source = WebhookSource::ALL[usize::from(data[0]) % WebhookSource::ALL.len()];
            let kind = KINDS[usize::from(data[1]) % KINDS.len()];
            let channels: Vec<YouTubeChannel> = CHANNEL.parse().into_iter().collect();
            let now = Timestamp::from_second(1_767_355_200).unwrap();
            queued += would_read(source, kind, &data[2..], &channels, now).unwrap_or_default().len();
        }
        assert!(queued >= 6, "{queued}");
    }
}
