//! A track's picture: where it can be fetched, or the one that its file carries (SPEC T20).

use core::fmt;
use std::sync::Arc;

use data_encoding::BASE64;
use shared::security::track_url::{TrackUrl, UrlPolicy};
use symphonia::core::meta::{MetadataRevision, StandardVisualKey, Visual};

/// The largest picture that is taken out of a file; larger ones are left there.
pub const COVER_MAX: usize = 512 * 1024;
/// A picture in the comments of Vorbis and Opus: the block of a FLAC file, in base64
/// (<https://wiki.xiph.org/VorbisComment>, "Cover art").
const BLOCK_PICTURE: &str = "METADATA_BLOCK_PICTURE";

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Art {
    /// Discord fetches it by itself.
    Linked(TrackUrl),
    /// It has to be sent along.
    Embedded(Cover),
}

impl Art {
    /// What a site says where its picture is; anything but a public https address is none.
    pub fn linked(url: &str) -> Option<Self> {
        TrackUrl::parse(url, UrlPolicy::HTTPS_ONLY).ok().map(Self::Linked)
    }

    /// The front of what a file carries, or whatever else it shows first.
    pub(super) fn read(revision: &MetadataRevision) -> Option<Self> {
        let visuals = || revision.visuals().iter();
        let is_front = |one: &&Visual| one.usage == Some(StandardVisualKey::FrontCover);
        let shown = visuals().find(is_front).or_else(|| visuals().next());
        let cover = shown.and_then(|one| Cover::parse(&one.data)).or_else(|| {
            let mut tags = revision.tags().iter();
            let tag = tags.find(|tag| tag.key.eq_ignore_ascii_case(BLOCK_PICTURE))?;
            in_block(&BASE64.decode(tag.value.to_string().as_bytes()).ok()?)
        });
        cover.map(Self::Embedded)
    }
}

/// The picture in a FLAC picture block (RFC 9639, section 8.8): kind, media type, description, width, height, depth,
/// colours, picture.
fn in_block(block: &[u8]) -> Option<Cover> {
    let rest = block.get(4..)?;
    let (_media_type, rest) = field(rest)?;
    let (_description, rest) = field(rest)?;
    let (picture, _) = field(rest.get(16..)?)?;
    Cover::parse(picture)
}

/// Bytes that have their length in front.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// A picture as a file: not larger than [`COVER_MAX`], and by its first bytes of a kind that Discord shows. What it
/// calls itself is not believed, and nothing here decodes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Cover {
    kind: Kind,
    bytes: Arc<[u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Cover {
    /// Looks what it is.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let kind = match bytes {
            [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Kind::Png,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::Webp,
            _ => return None,
        };
        (bytes.len() <= COVER_MAX).then(|| Self { kind, bytes: bytes.into() })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A name for it, of ours.
    pub const fn file_name(&self) -> &'static str {
        match self.kind {
            Kind::Jpeg => "cover.jpg",
            Kind::Png => "cover.png",
            Kind::Webp => "cover.webp",
        }
    }

    /// Its media type.
    pub const fn media_type(&self) -> &'static str {
        match self.kind {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
        }
    }
}

impl fmt::Debug for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cover({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use symphonia::core::meta::{MetadataBuilder, Tag, Value};

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0rest";

    fn visual(data: &[u8], usage: Option<StandardVisualKey>) -> Visual {
        Visual {
            media_type: "text/html".into(),
            dimensions: None,
            bits_per_pixel: None,
            color_mode: None,
            usage,
            tags: vec![],
            data: data.into(),
        }
    }

    fn block(picture: &[u8]) -> Vec<u8> {
        let long = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        [&[0, 0, 0, 3], &*long(b"image/png"), &long(b"front"), &[0; 16], &long(picture)].concat()
    }

    #[test]
    fn a_picture_is_what_its_first_bytes_say_and_not_too_large() {
        let named = |bytes: &[u8]| Cover::parse(bytes).map(|cover| (cover.file_name(), cover.media_type()));
        assert_eq!(named(PNG), Some(("cover.png", "image/png")));
        assert_eq!(named(JPEG), Some(("cover.jpg", "image/jpeg")));
        assert_eq!(named(b"RIFF\0\0\0\0WEBPVP8 "), Some(("cover.webp", "image/webp")));
        for other in [&b""[..], b"<svg onload=alert(1)>", b"GIF89a", b"\x89PNG"] {
            assert_eq!(named(other), None);
        }
        let mut large = JPEG.to_vec();
        large.resize(COVER_MAX, 0);
        assert_eq!(Cover::parse(&large).unwrap().bytes().len(), COVER_MAX);
        large.push(0);
        assert_eq!(Cover::parse(&large), None);
        assert_eq!(format!("{:?}", Cover::parse(PNG).unwrap()), "Cover(Png, 12 bytes)");
    }

    #[test]
    fn the_front_comes_before_what_stands_first() {
        let mut builder = MetadataBuilder::new();
        builder.add_visual(visual(JPEG, Some(StandardVisualKey::BackCover)));
        builder.add_visual(visual(PNG, Some(StandardVisualKey::FrontCover)));
        assert_eq!(Art::read(&builder.metadata()), Cover::parse(PNG).map(Art::Embedded));
        let mut builder = MetadataBuilder::new();
        builder.add_visual(visual(JPEG, None));
        assert_eq!(Art::read(&builder.metadata()), Cover::parse(JPEG).map(Art::Embedded));
        assert_eq!(Art::read(&MetadataBuilder::new().metadata()), None);
    }

    #[test]
    fn a_comment_may_hold_a_picture() {
        let mut builder = MetadataBuilder::new();
        let text = BASE64.encode(&block(PNG));
        builder.add_tag(Tag::new(None, "metadata_block_picture", Value::String(text)));
        assert_eq!(Art::read(&builder.metadata()), Cover::parse(PNG).map(Art::Embedded));
    }

    #[test]
    fn a_block_that_lies_holds_none() {
        let whole = block(PNG);
        assert_eq!(in_block(&whole), Cover::parse(PNG));
        for cut in 0..whole.len() {
            assert_eq!(in_block(&whole[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn only_public_https_is_linked() {
        assert!(matches!(Art::linked("https://i.example.org/a.jpg"), Some(Art::Linked(_))));
        for bad in ["http://i.example.org/a.jpg", "https://127.0.0.1/a.jpg", "attachment://cover.png", ""] {
            assert_eq!(Art::linked(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_block_panics(bytes: Vec<u8>, at in 0_usize..60, value: u8) {
            let _ = in_block(&bytes);
            let mut near = block(PNG);
            if let Some(byte) = near.get_mut(at) {
                *byte = value;
            }
            let _ = in_block(&near);
        }
    }
}
