//! What bytes are, by their beginning; a name or a content type may lie.

/// Bytes that [`sniff`] looks at.
pub const SNIFF_BYTES: usize = 512;

/// What a beginning looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// An HLS playlist, or a list of links in the same form.
    Playlist,
    /// A `.pls` list of links.
    Pls,
    /// A web page, JSON, XML or any other text.
    Text,
    /// An MP4 family file, whose index may stand at its end.
    Mp4,
    /// An MPEG transport stream.
    TransportStream,
    /// Perhaps sound: the container's own parser decides.
    Binary,
}

/// Looks at the first bytes.
pub fn sniff(head: &[u8]) -> Sniffed {
    let head = &head[..head.len().min(SNIFF_BYTES)];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.starts_with(b"#EXTM3U") {
        return Sniffed::Playlist;
    }
    if text.len() >= 10 && text[..10].eq_ignore_ascii_case(b"[playlist]") {
        return Sniffed::Pls;
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Sniffed::Mp4;
    }
    // 188 bytes a packet, each with the same first byte (ISO 13818-1).
    if head.len() > 188 && head[0] == 0x47 && head[188] == 0x47 {
        return Sniffed::TransportStream;
    }
    if is_text(head) { Sniffed::Text } else { Sniffed::Binary }
}

/// No sound begins with a hundred printable bytes; the shortest magic words (`RIFF`, `OggS`) are followed by zeros.
fn is_text(head: &[u8]) -> bool {
    let printable = |byte: &u8| matches!(byte, 0x09 | 0x0a | 0x0d | 0x20..=0x7e) || *byte >= 0x80;
    let control_free = head.iter().all(printable);
    // In UTF-8 a cut at the end is not an error.
    let unicode = match core::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    !head.is_empty() && control_free && unicode
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn beginnings_tell() {
        for (head, expected) in [
            (&b"#EXTM3U\n#EXT-X-VERSION:3"[..], Sniffed::Playlist),
            (b"\xef\xbb\xbf\r\n#EXTM3U", Sniffed::Playlist),
            (b"[Playlist]\nFile1=https://example.org/", Sniffed::Pls),
            (b"<!doctype html><html>", Sniffed::Text),
            (b"{\"error\": \"no\"}", Sniffed::Text),
            ("Grüße, dies ist kein Lied".as_bytes(), Sniffed::Text),
            (b"\0\0\0\x20ftypM4A ", Sniffed::Mp4),
            (b"ID3\x04\0\0\0\0\0\0", Sniffed::Binary),
            (b"OggS\0\x02", Sniffed::Binary),
            (b"RIFF\x24\0\0\0WAVE", Sniffed::Binary),
            (b"\xff\xfb\x90\x64", Sniffed::Binary),
            (b"", Sniffed::Binary),
        ] {
            assert_eq!(sniff(head), expected, "{:?}", String::from_utf8_lossy(head));
        }
        let mut stream = vec![0; 377];
        (stream[0], stream[188]) = (0x47, 0x47);
        assert_eq!(sniff(&stream), Sniffed::TransportStream);
    }

    proptest! {
        #[test]
        fn prose_is_text_wherever_it_is_cut(text in "[\\p{L} .,\n]{1,600}", cut in 1usize..600) {
            let bytes = &text.as_bytes()[..cut.min(text.len())];
            prop_assert_eq!(sniff(bytes), Sniffed::Text);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            sniff(&bytes);
        }
    }
}
