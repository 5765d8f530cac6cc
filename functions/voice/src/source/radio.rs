//! A station: sound without an end, titles between it, asked for again when it breaks off.

use core::time::Duration;

use reqwest::header::HeaderMap;
use shared::domain::track::Title;
use tokio::sync::watch;
use tokio::time::sleep;

use super::icy::{self, IcyDemux, IcyPart};
use super::{About, Feed, FeedWriter, Opened, Shape};
use crate::failure::PlayError;
use crate::media::Tags;
use crate::net::{Answer, Ask, Body, Guarded, Target};

/// Times that a station is asked again without sound coming.
const TRIES: u32 = 5;
/// So many bytes are sound, and not the drops of a server that wants to be waited for: a second of a good station.
const SOUND: usize = 16 * 1024;
/// Before it is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// How a station is asked for its titles.
pub(super) fn ask() -> Ask {
    Ask::from_byte(0).with(reqwest::header::HeaderName::from_static("icy-metadata"), "1")
}

/// Whether an answer's headers are a station's.
pub(super) fn is_station(headers: &HeaderMap) -> bool {
    let icy = headers.keys().any(|name| name.as_str().starts_with("icy-"));
    let endless = !headers.contains_key("content-length") && !headers.contains_key("accept-ranges");
    let sound = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"audio/"));
    icy || (endless && sound)
}

/// Listens to the station that gave this answer.
pub(super) fn listen(net: &Guarded, target: &Target, answer: Answer) -> Opened {
    let (writer, feed) = Feed::new();
    let (tell, titles) = watch::channel(None);
    let name =
        answer.headers.get("icy-name").map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
    let station = Station { net: net.clone(), target: target.clone(), tell };
    tokio::spawn(station.listen(answer, writer));
    let tags = Tags { title: name.and_then(|name| Title::parse(&name)), ..Tags::default() };
    Opened { feed, shape: Shape::Stream { titles }, about: About { tags, ..About::default() } }
}

struct Station {
    net: Guarded,
    target: Target,
    tell: watch::Sender<Option<Title>>,
}

impl Station {
    async fn listen(self, answer: Answer, writer: FeedWriter) {
        let mut next = Some(answer);
        let mut tries = 0;
        let mut was_heard = false;
        let mut error = PlayError::CutShort;
        while tries < TRIES {
            if let Some(answer) = next.take() {
                let mut bytes = 0;
                match self.follow(answer, &writer, &mut bytes).await {
                    Some(broken) => error = broken,
                    None => return,
                }
                if bytes >= SOUND {
                    (tries, was_heard) = (0, true);
                }
                // Nobody waits a minute to be told that there is no station.
                if error == PlayError::TooSlow && !was_heard {
                    break;
                }
            }
            tries += 1;
            tokio::select! {
                () = writer.closed() => return,
                () = sleep(PAUSE * tries) => {}
            }
            match self.net.get(&self.target, &ask()).await {
                Ok(answer) => next = Some(answer),
                Err(broken) => error = broken,
            }
        }
        writer.fail(error).await;
    }

    /// Until it breaks off; `None` when nobody listens any more.
    async fn follow(&self, answer: Answer, writer: &FeedWriter, bytes: &mut usize) -> Option<PlayError> {
        let interval = answer.headers.get("icy-metaint").and_then(|value| value.to_str().ok());
        let mut demux = interval.and_then(icy::interval).map(IcyDemux::new);
        let mut body: Body = answer.body;
        loop {
            let piece = match body.next().await {
                Ok(Some(piece)) => piece,
                Ok(None) => return Some(PlayError::CutShort),
                Err(error) => return Some(error),
            };
            *bytes += piece.len();
            let parts = match &mut demux {
                Some(demux) => demux.push(piece),
                None => vec![IcyPart::Sound(piece)],
            };
            for part in parts {
                match part {
                    IcyPart::Sound(sound) => writer.write(sound).await.ok()?,
                    IcyPart::Title(title) => self.announce(title),
                }
            }
        }
    }

    fn announce(&self, title: Option<Title>) {
        self.tell.send_if_modified(|now| {
            let news = *now != title;
            *now = title;
            news
        });
    }
}
