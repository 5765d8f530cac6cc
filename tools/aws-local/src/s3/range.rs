//! `Range` of one part (RFC 9110, 14.2).

use core::ops::Range;

use super::error::S3Error;

/// The bytes that a header asks for of an object of `length`. What is no range of bytes is ignored, as the RFC asks.
pub(super) fn parse(header: &str, length: usize) -> Result<Option<Range<usize>>, S3Error> {
    let Some((from, to)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let number = |text: &str| text.parse::<usize>().ok();
    let range = match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => from..to.saturating_add(1).min(length),
        (Some(from), None) if to.is_empty() => from..length,
        (None, Some(last)) if from.is_empty() => length.saturating_sub(last)..length,
        _ => return Ok(None),
    };
    if range.start < range.end { Ok(Some(range)) } else { Err(S3Error::invalid_range()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ten_bytes() {
        for (header, expected) in [
            ("bytes=0-0", 0..1),
            ("bytes=2-5", 2..6),
            ("bytes=5-", 5..10),
            ("bytes=-3", 7..10),
            ("bytes=8-99", 8..10),
            ("bytes=-99", 0..10),
        ] {
            assert_eq!(parse(header, 10), Ok(Some(expected)), "{header}");
        }
        for ignored in ["bytes=5-2", "items=0-1", "bytes=a-b", "bytes=0-1,3-4", "bytes="] {
            assert_eq!(parse(ignored, 10), Ok(None), "{ignored}");
        }
        for beyond in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(parse(beyond, 10), Err(S3Error::invalid_range()), "{beyond}");
        }
    }
}
