//! Playlists, as far as we follow them. Unknown tags are ignored, as the standard demands (RFC 8216 §6.3.1); what would
//! change the sound and is not understood is an error.

use core::time::Duration;

/// Most pieces in a playlist that are believed.
const SEGMENTS_MAX: usize = 20_000;
/// Most qualities.
const VARIANTS_MAX: usize = 100;
/// Longest piece that is believed.
const SEGMENT_MAX: Duration = Duration::from_mins(10);

/// A playlist.
#[derive(Clone, Debug, PartialEq)]
pub enum Playlist {
    /// Qualities to choose from.
    Master(Vec<Variant>),
    /// Pieces.
    Media(Media),
    /// Only links, one a line: what stations hand out as `.m3u`.
    Links(Vec<String>),
}

/// A quality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its playlist.
    pub uri: String,
    /// Bits per second at most.
    pub bandwidth: u64,
    /// RFC 6381 codecs, where told.
    pub codecs: Option<String>,
    /// Whether it is sound alone.
    pub audio_only: bool,
}

/// Pieces in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Media {
    /// The number of the first one.
    pub sequence: u64,
    /// How long a piece is at most; also how often a growing playlist is asked for.
    pub target: Duration,
    /// Whether no more will come.
    pub ended: bool,
    /// The pieces.
    pub segments: Vec<Segment>,
}

/// A piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segment {
    /// Where it is.
    pub uri: String,
    /// How long it is.
    pub duration: Duration,
    /// A part of the file: first byte, and how many.
    pub range: Option<(u64, u64)>,
    /// How it is encrypted.
    pub key: Option<Key>,
    /// What has to stand before it (fragmented MP4): the file, and a part of it.
    pub map: Option<Map>,
}

/// AES-128 in CBC mode, with PKCS #7 padding (§4.3.2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Where the key is.
    pub uri: String,
    /// The initialisation vector; without one it is the piece's number.
    pub iv: Option<[u8; 16]>,
}

/// An initialisation section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// The file.
    pub uri: String,
    /// A part of it: first byte, and how many.
    pub range: Option<(u64, u64)>,
}

/// Why a playlist is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPlaylist {
    /// No playlist, or one that says nothing sensible.
    #[error("not a playlist")]
    Malformed,
    /// Encrypted in another way (`SAMPLE-AES`, a DRM system).
    #[error("encrypted in a way that is not supported")]
    Encryption,
    /// More in it than anybody needs.
    #[error("too long")]
    TooLong,
}

/// Parses a playlist.
pub fn parse(bytes: &[u8]) -> Result<Playlist, BadPlaylist> {
    let text = core::str::from_utf8(bytes).map_err(|_| BadPlaylist::Malformed)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.contains("#EXT-X-STREAM-INF") {
        return master(text).map(Playlist::Master);
    }
    if text.starts_with("#EXTM3U") && text.contains("#EXT-X-") {
        return media(text).map(Playlist::Media);
    }
    let links: Vec<String> = lines(text).filter(|line| is_link(line)).take(10).map(str::to_owned).collect();
    if links.is_empty() { Err(BadPlaylist::Malformed) } else { Ok(Playlist::Links(links)) }
}

/// Parses the `File1=https://…` lines of a `.pls`.
pub fn parse_pls(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let value = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let is_file = name.trim().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("file"));
        (is_file && is_link(value.trim())).then(|| value.trim().to_owned())
    };
    text.lines().filter_map(value).take(10).collect()
}

fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn master(text: &str) -> Result<Vec<Variant>, BadPlaylist> {
    let mut variants = Vec::new();
    let mut info: Option<&str> = None;
    for line in lines(text) {
        if let Some(attributes) = line.strip_prefix("#EXT-X-STREAM-INF:") {
            info = Some(attributes);
        } else if let (false, Some(attributes)) = (line.starts_with('#'), info.take()) {
            variants.push(variant(line, attributes));
        }
        if variants.len() > VARIANTS_MAX {
            return Err(BadPlaylist::TooLong);
        }
    }
    if variants.is_empty() { Err(BadPlaylist::Malformed) } else { Ok(variants) }
}

fn variant(uri: &str, attributes: &str) -> Variant {
    let codecs = attribute(attributes, "CODECS");
    let picture = attribute(attributes, "RESOLUTION").is_some()
        || codecs.is_some_and(|codecs| {
            ["avc", "hvc", "hev", "vp0", "av0"].iter().any(|video| codecs.contains(video))
        });
    Variant {
        uri: uri.to_owned(),
        bandwidth: attribute(attributes, "BANDWIDTH").and_then(|text| text.parse().ok()).unwrap_or(0),
        codecs: codecs.map(str::to_owned),
        audio_only: !picture,
    }
}

/// The best sound that we can decode without fetching pictures for it; with pictures, the smallest.
pub fn choose(variants: &[Variant]) -> Option<&Variant> {
    let decodable = |variant: &&Variant| {
        let codecs = variant.codecs.as_deref().unwrap_or_default();
        !codecs.split(',').any(|codec| matches!(codec.trim(), "mp4a.40.5" | "mp4a.40.29" | "ac-3" | "ec-3"))
    };
    let sound = variants.iter().filter(decodable).filter(|variant| variant.audio_only);
    let with_picture = variants.iter().filter(decodable).filter(|variant| !variant.audio_only);
    sound
        .max_by_key(|variant| variant.bandwidth)
        .or_else(|| with_picture.min_by_key(|variant| variant.bandwidth))
}

/// What the lines so far say of the next piece.
#[derive(Default)]
struct Pending {
    duration: Option<Duration>,
    range: Option<(u64, Option<u64>)>,
    key: Option<Key>,
    map: Option<Map>,
    /// The file and the byte where the last part ended.
    last: Option<(String, u64)>,
}

fn media(text: &str) -> Result<Media, BadPlaylist> {
    let mut media = Media::default();
    let mut pending = Pending::default();
    for line in lines(text) {
        if !line.starts_with('#') {
            media.segments.push(pending.segment(line)?);
            if media.segments.len() > SEGMENTS_MAX {
                return Err(BadPlaylist::TooLong);
            }
            continue;
        }
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        match tag {
            "#EXT-X-ENDLIST" => media.ended = true,
            "#EXT-X-MEDIA-SEQUENCE" => media.sequence = number(value)?,
            "#EXT-X-TARGETDURATION" => media.target = Duration::from_secs(number(value)?).min(SEGMENT_MAX),
            _ => pending.tag(tag, value)?,
        }
    }
    // Numbers count up from here; a playlist that begins at the last number has none to count.
    media.sequence.checked_add(SEGMENTS_MAX as u64).ok_or(BadPlaylist::Malformed)?;
    Ok(media)
}

impl Pending {
    fn tag(&mut self, tag: &str, value: &str) -> Result<(), BadPlaylist> {
        match tag {
            "#EXTINF" => self.duration = Some(seconds(value)?),
            "#EXT-X-BYTERANGE" => self.range = Some(range(value)?),
            "#EXT-X-KEY" => self.key = key(value)?,
            "#EXT-X-MAP" => self.map = Some(map(value)?),
            "#EXT-X-I-FRAMES-ONLY" => return Err(BadPlaylist::Malformed),
            _ => {}
        }
        Ok(())
    }

    fn segment(&mut self, uri: &str) -> Result<Segment, BadPlaylist> {
        let range = match self.range.take() {
            None => None,
            Some((length, start)) => {
                let after_last = self.last.take().filter(|(last, _)| last == uri).map_or(0, |(_, end)| end);
                let start = start.unwrap_or(after_last);
                let end = start.checked_add(length).ok_or(BadPlaylist::Malformed)?;
                self.last = Some((uri.to_owned(), end));
                Some((start, length))
            }
        };
        let duration = self.duration.take().unwrap_or_default();
        Ok(Segment { uri: uri.to_owned(), duration, range, key: self.key.clone(), map: self.map.clone() })
    }
}

fn key(attributes: &str) -> Result<Option<Key>, BadPlaylist> {
    match attribute(attributes, "METHOD") {
        Some("NONE") => Ok(None),
        Some("AES-128") if attribute(attributes, "KEYFORMAT").is_none_or(|format| format == "identity") => {
            let uri = attribute(attributes, "URI").ok_or(BadPlaylist::Malformed)?.to_owned();
            let iv = attribute(attributes, "IV").map(vector).transpose()?;
            Ok(Some(Key { uri, iv }))
        }
        Some(_) => Err(BadPlaylist::Encryption),
        None => Err(BadPlaylist::Malformed),
    }
}

fn vector(text: &str) -> Result<[u8; 16], BadPlaylist> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).ok_or(BadPlaylist::Malformed)?;
    if digits.len() > 32 {
        return Err(BadPlaylist::Malformed);
    }
    u128::from_str_radix(digits, 16).map(u128::to_be_bytes).map_err(|_| BadPlaylist::Malformed)
}

fn map(attributes: &str) -> Result<Map, BadPlaylist> {
    let uri = attribute(attributes, "URI").ok_or(BadPlaylist::Malformed)?.to_owned();
    let part = attribute(attributes, "BYTERANGE").map(range).transpose()?;
    let part = part.map(|(length, start)| (start.unwrap_or(0), length));
    if part.is_some_and(|(start, length)| start.checked_add(length).is_none()) {
        return Err(BadPlaylist::Malformed);
    }
    Ok(Map { uri, range: part })
}

/// `length[@start]`, of at least a byte.
fn range(text: &str) -> Result<(u64, Option<u64>), BadPlaylist> {
    let (length, start) = text.split_once('@').map_or((text, None), |(length, start)| (length, Some(start)));
    let length = number(length)?;
    if length == 0 {
        return Err(BadPlaylist::Malformed);
    }
    Ok((length, start.map(number).transpose()?))
}

fn number(text: &str) -> Result<u64, BadPlaylist> {
    // Some servers write "10.0" where the standard wants an integer.
    let whole = text.trim().split('.').next().unwrap_or_default();
    whole.parse().map_err(|_| BadPlaylist::Malformed)
}

fn seconds(text: &str) -> Result<Duration, BadPlaylist> {
    let text = text.split(',').next().unwrap_or_default().trim();
    let seconds: f64 = text.parse().map_err(|_| BadPlaylist::Malformed)?;
    Duration::try_from_secs_f64(seconds)
        .map(|length| length.min(SEGMENT_MAX))
        .map_err(|_| BadPlaylist::Malformed)
}

/// The value of an attribute; commas inside quotes do not separate.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, next) = quoted.split_once('"')?;
                (value, next.strip_prefix(',').unwrap_or(next))
            }
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.trim() == name {
            return Some(value.trim());
        }
        rest = next;
    }
    None
}

#[cfg(test)]
#[path = "playlist_tests.rs"]
mod tests;
