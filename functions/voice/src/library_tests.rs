use std::path::{Path, PathBuf};

use super::*;
use crate::cache::FolderStore;
use crate::frames::{Ahead, FrameRead};
use crate::media::{Art, Cover, FRAME_STEREO, RATE, Step};
use crate::source::WebSource;
use crate::testing::{Reply, Server, client, tone};

const TEN_MINUTES: Limits = Limits { length: Duration::from_mins(10) };

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

fn store(folder: &Path) -> Library {
    let store = FolderStore::open(PathBuf::from(folder)).unwrap();
    Library::new(Some(Arc::new(store)), 2)
}

async fn serving(file: Vec<u8>) -> Server {
    Server::start(move |request| Reply::file(request, "application/octet-stream", &file, usize::MAX)).await
}

async fn prepare(library: &Library, server: &Server, limits: Limits) -> Result<Prepared, PlayError> {
    let net = client(&[server]);
    let source = WebSource::new(net.clone(), net.target(&server.url("/a")).unwrap());
    library.prepare(&source, limits).await
}

/// Everything that a listener hears, decoded.
async fn heard(prepared: &Prepared) -> Result<Vec<f32>, PlayError> {
    let Playable::Track(frames) = &prepared.playable else { panic!("a track") };
    frames.settled().await?;
    let mut decoder = opus2::Decoder::new(RATE, opus2::Channels::Stereo).unwrap();
    let (mut packet, mut sound) = (Vec::new(), Vec::new());
    let mut samples = vec![0.0; FRAME_STEREO];
    for number in 0..frames.count() {
        assert_eq!(frames.read(number, &mut Ahead::default(), &mut packet), FrameRead::Frame);
        assert!(crate::media::opus::passes(&packet));
        assert_eq!(decoder.decode_float(&packet, &mut samples, false).unwrap() * 2, FRAME_STEREO);
        sound.extend_from_slice(&samples);
    }
    Ok(sound)
}

async fn played(name: &str) -> Result<Vec<f32>, PlayError> {
    let server = serving(fixture(name)).await;
    let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await?;
    heard(&prepared).await
}

/// A table of four thousand million entries; a parser that believes it ends the process.
fn hostile_mp4() -> Vec<u8> {
    let mut file = fixture("he-aac.m4a");
    let at = file.windows(4).position(|word| word == b"stsc").unwrap() + 8;
    file[at..at + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    file
}

/// An element of a terabyte.
fn hostile_mkv() -> Vec<u8> {
    let mut file = fixture("tone.webm");
    let at = file.windows(2).position(|word| word == [0x63, 0xa2]).unwrap() + 2;
    file.splice(at..=at, [0x01, 0x00, 0x01, 0, 0, 0, 0, 0]);
    file
}

fn seconds(sound: &[f32]) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of sound")]
    let frames = sound.len() as f32 / 2.0;
    frames / 48_000.0
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_gives_its_tone() {
    for (name, length) in [
        ("tone.mp3", 2.0),
        ("tone.m4a", 2.0),
        ("tone.aac", 2.0),
        ("tone.flac", 0.6),
        ("tone.wav", 0.3),
        ("tone.ogg", 2.0),
        ("tone.opus", 2.0),
        ("tone.webm", 2.0),
        ("tone-vorbis.mkv", 2.0),
        ("tone-60ms.opus", 2.0),
        ("tone-fragmented.mp4", 2.0),
        ("tone.ts", 2.0),
    ] {
        let sound = played(name).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!((seconds(&sound) - length).abs() < 0.1, "{name}: {} s", seconds(&sound));
        let hz = tone::dominant(&sound[FRAME_STEREO * 5..]);
        assert!((hz - 440.0).abs() < 5.0, "{name}: {hz} Hz");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sound_says_so() {
    for (bytes, error) in [
        (fixture("make.sh"), PlayError::NotAudio),
        (b"These are words, in a file called .mp3".repeat(50), PlayError::NotAudio),
        (vec![0; 100_000], PlayError::NotAudio),
        (Vec::new(), PlayError::NotAudio),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".repeat(100), PlayError::NotAudio),
        (fixture("he-aac.m4a"), PlayError::Unsupported),
        (b"#EXTM3U\n".to_vec(), PlayError::NotAudio),
        (hostile_mp4(), PlayError::NotAudio),
        ([b"\0\x01\0\0".repeat(20), hostile_mp4()].concat(), PlayError::NotAudio),
        ([&b"ID3\x04\0\0\0\0\0\0"[..], &hostile_mkv()].concat(), PlayError::NotAudio),
        (hostile_mkv(), PlayError::NotAudio),
    ] {
        let server = serving(bytes.clone()).await;
        let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await;
        assert_eq!(prepared.map(drop), Err(error), "{:?}", &bytes[..bytes.len().min(8)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_cut_on_its_server_is_told_after_what_is_left_of_it() {
    for name in ["tone.m4a", "tone.flac", "tone.wav"] {
        let mut file = fixture(name);
        let keep = file.len() / 2;
        // The index of this M4A stands at the end: without it nothing can be heard at all.
        file.truncate(keep);
        let server = serving(file).await;
        let error = match prepare(&Library::new(None, 1), &server, TEN_MINUTES).await {
            Ok(prepared) => heard(&prepared).await.map(drop),
            Err(error) => Err(error),
        };
        assert!(matches!(error, Err(PlayError::CutShort | PlayError::NotAudio)), "{name}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_play_is_kept_and_the_second_comes_out_of_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(fixture("tone.mp3")).await;
    let library = store(folder.path());
    let first = prepare(&library, &server, TEN_MINUTES).await.unwrap();
    assert!(!first.cached);
    assert_eq!(first.tags.title, Title::parse("Don't Stop"));
    assert_eq!(first.tags.artist, Title::parse("R&B"));
    let sound = heard(&first).await.unwrap();
    library.settled().await;
    let requests = server.requests().len();
    let second = prepare(&store(folder.path()), &server, TEN_MINUTES).await.unwrap();
    assert!(second.cached && server.requests().len() == requests, "not fetched again");
    assert_eq!(second.tags, first.tags);
    assert_eq!(heard(&second).await.unwrap().len(), sound.len());
    assert_eq!(
        second.length,
        Some(Duration::from_millis(20) * u32::try_from(sound.len() / FRAME_STEREO).unwrap())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn several_plays_at_once_fetch_once() {
    let server = serving(fixture("tone.mp3")).await;
    let library = Library::new(None, 1);
    let plays: Vec<_> = (0..8)
        .map(|_| {
            let (library, net) = (library.clone(), client(&[&server]));
            let target = net.target(&server.url("/a")).unwrap();
            tokio::spawn(async move {
                library
                    .prepare(&WebSource::new(net, target), TEN_MINUTES)
                    .await
                    .map(|prepared| prepared.playable)
            })
        })
        .collect();
    let mut playables = Vec::new();
    for play in plays {
        playables.push(play.await.unwrap().unwrap());
    }
    assert_eq!(server.requests().len(), 1);
    let same = |playable: &Playable| match (playable, &playables[0]) {
        (Playable::Track(a), Playable::Track(b)) => Arc::ptr_eq(a, b),
        _ => false,
    };
    assert!(playables.iter().all(same));
}

/// One guild's limit cuts an endless file; the other's, at the same time, does not.
#[tokio::test(flavor = "multi_thread")]
async fn guilds_with_other_limits_do_not_share_a_cut_track() {
    let server = serving(fixture("tone.aac")).await;
    let library = Library::new(None, 2);
    let cut = prepare(&library, &server, Limits { length: Duration::from_secs(1) }).await.unwrap();
    let whole = prepare(&library, &server, TEN_MINUTES).await.unwrap();
    assert!((seconds(&heard(&cut).await.unwrap()) - 1.0).abs() < 0.03);
    assert!((seconds(&heard(&whole).await.unwrap()) - 2.0).abs() < 0.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opus_file_near_the_target_passes_untouched() {
    let file = loud_opus(-14.3);
    let feed = fed(file.clone());
    let ours = spawn_blocking(move || packets(feed)).await.unwrap();
    let server = serving(file).await;
    let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await.unwrap();
    let Playable::Track(frames) = &prepared.playable else { panic!("a track") };
    frames.settled().await.unwrap();
    let mut packet = Vec::new();
    for (number, theirs) in ours.iter().enumerate() {
        frames.read(number as u64, &mut Ahead::default(), &mut packet);
        assert_eq!(*packet, **theirs, "packet {number}");
    }
    assert_eq!(frames.count(), ours.len() as u64);
    assert!(ours.len() > 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kept_track_is_as_loud_as_it_should_be() {
    let folder = tempfile::tempdir().unwrap();
    // A whisper for eleven seconds, then loud: the first gain is wrong, the kept one is right.
    let mut samples = tone::level(997.0, RATE, 11.0, 0.02);
    samples.extend(tone::level(997.0, RATE, 11.0, 0.5));
    let server = serving(wav(&tone::stereo(&samples))).await;
    let library = store(folder.path());
    let first = prepare(&library, &server, TEN_MINUTES).await.unwrap();
    heard(&first).await.unwrap();
    library.settled().await;
    drop(first);
    let second = prepare(&store(folder.path()), &server, TEN_MINUTES).await.unwrap();
    let mut meter = crate::loudness::Meter::new(crate::loudness::Span::Track).unwrap();
    meter.add(&heard(&second).await.unwrap()).unwrap();
    let loudness = meter.read();
    assert!((loudness.lufs.unwrap() + 14.0).abs() < 0.5, "{loudness:?}");
    assert!(loudness.peak_db < 0.0, "{loudness:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guilds_limit_holds_whether_the_length_is_announced_or_not() {
    let second = Limits { length: Duration::from_secs(1) };
    let server = serving(fixture("tone.flac")).await;
    let short = Limits { length: Duration::from_millis(500) };
    // 0.6 s is announced in whole seconds of nothing: it is cut while it streams.
    let cut = heard(&prepare(&Library::new(None, 1), &server, short).await.unwrap()).await.unwrap();
    assert!((seconds(&cut) - 0.5).abs() < 0.03, "{}", seconds(&cut));
    let server = serving(fixture("tone.m4a")).await;
    let announced = prepare(&Library::new(None, 1), &server, second).await;
    assert_eq!(announced.map(drop), Err(PlayError::TooLong));
    let server = serving(fixture("tone.aac")).await;
    let unannounced = prepare(&Library::new(None, 1), &server, second).await.unwrap();
    assert!((seconds(&heard(&unannounced).await.unwrap()) - 1.0).abs() < 0.03);
}

/// An index that comes last, from a server that gives no parts: the file is fetched whole.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_at_the_end_needs_no_server_that_gives_parts() {
    let file = fixture("tone.m4a");
    let server = Server::start(move |_| Reply::with_headers(&[("Accept-Ranges", "none")], &file)).await;
    let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await.unwrap();
    let sound = heard(&prepared).await.unwrap();
    assert!((tone::dominant(&sound) - 440.0).abs() < 2.0);
    assert_eq!(server.requests().len(), 1);
}

/// A file of 10 GB: it ends at the guild's limit, and nothing of it is held but a few pieces.
#[tokio::test(flavor = "multi_thread")]
async fn a_huge_file_ends_at_the_limit() {
    let one = wav(&tone::stereo(&tone::mono(440.0, RATE, 0.5)));
    let mut head = one[..44].to_vec();
    head[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    head[40..44].copy_from_slice(&(u32::MAX - 255).to_le_bytes());
    let http = b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nAccept-Ranges: none\r\n\r\n".to_vec();
    let start = [http, head].concat();
    let again = one[44..].to_vec();
    let server = Server::start(move |_| Reply::Endless(start.clone(), again.clone())).await;
    let limits = Limits { length: Duration::from_secs(30) };
    let error = match prepare(&Library::new(None, 1), &server, limits).await {
        Ok(prepared) => heard(&prepared).await.map(|sound| seconds(&sound)),
        Err(error) => Err(error),
    };
    assert!(
        matches!(error, Err(PlayError::TooLong)) || error.is_ok_and(|s| (s - 30.0).abs() < 0.1),
        "{error:?}"
    );
}

/// The same with a form that says nothing of its length: it streams until the limit, and the server is let go.
#[tokio::test(flavor = "multi_thread")]
async fn an_endless_file_without_a_length_ends_at_the_limit() {
    let start = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n".to_vec();
    let server = Server::start(move |_| Reply::Endless(start.clone(), fixture("tone.aac"))).await;
    let limits = Limits { length: Duration::from_secs(30) };
    let prepared = prepare(&Library::new(None, 1), &server, limits).await.unwrap();
    let sound = heard(&prepared).await.unwrap();
    assert!((seconds(&sound) - 30.0).abs() < 0.03, "{}", seconds(&sound));
}

/// Who skips a track lets go of it; the rest is not fetched for nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_track_that_nobody_holds_is_not_fetched_further() {
    let start = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n".to_vec();
    let server = Server::start(move |_| Reply::Endless(start.clone(), fixture("tone.aac"))).await;
    let day = Limits { length: Duration::from_hours(24) };
    let library = Library::new(None, 1);
    drop(prepare(&library, &server, day).await.unwrap());
    // A day takes minutes to decode; the ingest ends because of its listener and not by itself.
    tokio::time::timeout(Duration::from_secs(20), library.settled()).await.unwrap();
}

/// Lists of links, playlists of transport streams and of fragmented MP4: all lead to the tone.
#[tokio::test(flavor = "multi_thread")]
async fn playlists_lead_to_their_sound() {
    let fragmented = fixture("tone-fragmented.mp4");
    let moof = fragmented.windows(4).position(|word| word == b"moof").unwrap() - 4;
    for first in
        ["#EXTM3U\n/hls.m3u8-is-no-link", "/ts", "/fmp4", "[playlist]\nFile1=LINK/ts", "#EXTM3U\nLINK/fmp4"]
    {
        let (head, rest) = (fragmented[..moof].to_vec(), fragmented[moof..].to_vec());
        let server = Server::start(move |request| {
            let link = format!("http://{}", request.header("host").unwrap());
            let hls =
                |body: &str| Reply::ok("x/y", format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n{body}").as_bytes());
            match &*request.path {
                "/a" if first.starts_with('/') => Reply::redirect(first),
                "/a" => Reply::ok("audio/x-mpegurl", first.replace("LINK", &link).as_bytes()),
                "/ts" => hls("#EXTINF:2\n/tone.ts\n#EXT-X-ENDLIST\n"),
                "/fmp4" => hls("#EXT-X-MAP:URI=\"/head\"\n#EXTINF:2\n/rest\n#EXT-X-ENDLIST\n"),
                "/tone.ts" => Reply::ok("video/mp2t", &fixture("tone.ts")),
                "/head" => Reply::ok("video/mp4", &head),
                "/rest" => Reply::ok("video/mp4", &rest),
                other => panic!("{other}"),
            }
        })
        .await;
        let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await;
        if first.contains("no-link") {
            assert_eq!(prepared.map(drop), Err(PlayError::NotAudio));
            continue;
        }
        let sound = heard(&prepared.unwrap_or_else(|error| panic!("{first}: {error}"))).await.unwrap();
        let hz = tone::dominant(&sound[FRAME_STEREO * 5..]);
        assert!((hz - 440.0).abs() < 5.0 && (seconds(&sound) - 2.0).abs() < 0.1, "{first}: {hz} Hz");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_plays_and_tells_its_titles() {
    let file = fixture("tone.mp3");
    let mut stream =
        b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name: Radio\r\nicy-metaint: 4000\r\n\r\n"
            .to_vec();
    for chunk in file.chunks_exact(4000) {
        stream.extend(chunk);
        stream.extend(b"\x02StreamTitle='Guns N' Roses';\0\0\0");
    }
    let server = Server::start(move |_| Reply::Drip(stream.clone(), Duration::from_millis(100))).await;
    let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await.unwrap();
    assert_eq!((prepared.tags.title.clone(), prepared.length), (Title::parse("Radio"), None));
    let mut titles = prepared.titles.clone().unwrap();
    titles.wait_for(Option::is_some).await.unwrap();
    assert_eq!(*titles.borrow(), Title::parse("Guns N' Roses"));
    let mut packet = Vec::new();
    assert_eq!(prepared.playable.read(0, &mut Ahead::default(), &mut packet), FrameRead::Frame);
    assert!(server.requests()[0].header("icy-metadata") == Some("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_missing_sources_say_so() {
    for (reply, error) in [
        (Reply::status("404 Not Found"), PlayError::NotFound),
        (Reply::Silence, PlayError::TooSlow),
        (Reply::redirect("http://169.254.169.254/"), PlayError::AddressNotAllowed),
        (Reply::ok("text/html", b"<html>"), PlayError::NotAudio),
        (
            Reply::Drip(
                b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n\xff\xfb".to_vec(),
                Duration::from_millis(20),
            ),
            PlayError::TooSlow,
        ),
    ] {
        let told = reply.clone();
        let server = Server::start(move |_| told.clone()).await;
        let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await;
        assert_eq!(prepared.map(drop), Err(error), "{reply:?}");
    }
}

/// The source's own packets.
fn packets(feed: Feed) -> Vec<Box<[u8]>> {
    let mut source = Sound::open(feed).unwrap();
    let mut samples = Vec::new();
    let next = || match source.next(&mut samples).unwrap() {
        Step::Passable(packet) => Some(packet),
        Step::Decoded | Step::End => None,
    };
    core::iter::from_fn(next).collect()
}

fn fed(bytes: Vec<u8>) -> Feed {
    let (writer, feed) = Feed::new();
    tokio::spawn(async move { writer.write(bytes.into()).await });
    feed
}

/// 16 bits, stereo, 48 kHz.
#[expect(clippy::cast_possible_truncation, reason = "samples are within full scale, files are small")]
fn wav(stereo: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = stereo.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()).collect();
    let mut out = Vec::new();
    out.extend(b"RIFF");
    out.extend((36 + data.len() as u32).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    out.extend(RATE.to_le_bytes());
    out.extend((RATE * 4).to_le_bytes());
    out.extend(b"\x04\0\x10\0data");
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out
}

/// An Ogg Opus file of a tone at this loudness, made as RFC 7845 says.
fn loud_opus(lufs: f64) -> Vec<u8> {
    let tone = tone::stereo(&tone::level(1_000.0, RATE, 4.0, crate::loudness::factor(lufs)));
    let mut encoder = opus2::Encoder::new(RATE, opus2::Channels::Stereo, opus2::Application::Audio).unwrap();
    let head = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0".to_vec();
    let tags = b"OpusTags\x01\0\0\0x\0\0\0\0".to_vec();
    let mut pages = crate::testing::ogg::page(0, 2, 0, &head);
    pages.extend(crate::testing::ogg::page(1, 0, 0, &tags));
    for (index, frame) in tone.chunks_exact(FRAME_STEREO).enumerate() {
        let packet = encoder.encode_vec_float(frame, 1_000).unwrap();
        let number = u32::try_from(index).unwrap();
        pages.extend(crate::testing::ogg::page(number + 2, 0, u64::from(number + 1) * 960, &packet));
    }
    pages
}

/// A station that drips: it is told to be too slow after one window, not asked again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_only_drips_is_too_slow_once() {
    let start = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n\xff\xfb\x90\x64".to_vec();
    let server = Server::start(move |_| Reply::Drip(start.clone(), Duration::from_millis(50))).await;
    let prepared = prepare(&Library::new(None, 1), &server, TEN_MINUTES).await;
    assert_eq!(prepared.map(drop), Err(PlayError::TooSlow));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_file_brings_its_cover_and_the_store_keeps_it() {
    let cover = Cover::parse(&fixture("cover.png")).map(Art::Embedded);
    assert!(cover.is_some());
    for name in ["covered.mp3", "covered.m4a", "covered.flac", "covered.opus"] {
        let folder = tempfile::tempdir().unwrap();
        let library = store(folder.path());
        let server = serving(fixture(name)).await;
        let first = prepare(&library, &server, TEN_MINUTES).await.unwrap();
        assert_eq!((first.cached, &first.tags.art), (false, &cover), "{name}");
        heard(&first).await.unwrap();
        drop(first);
        library.settled().await;
        let again = prepare(&library, &server, TEN_MINUTES).await.unwrap();
        assert_eq!((again.cached, &again.tags.art), (true, &cover), "{name}");
    }
}
