//! Bodies: plain ones, and those that SDKs cut into chunks with a checksum at the end (`aws-chunked`).

use axum::body::Bytes;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::S3Error;

/// The object's bytes. A checksum that does not match is refused where it is one that we know.
pub(super) fn decode(headers: &HeaderMap, body: Bytes) -> Result<Bytes, S3Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let chunked = text("x-amz-content-sha256").is_some_and(|kind| kind.starts_with("STREAMING-"));
    let (body, trailer) = if chunked { unchunk(&body)? } else { (body, None) };
    let expected = text("x-amz-checksum-crc32").map(str::to_owned).or(trailer);
    let sum = STANDARD.encode(crc32(&body).to_be_bytes());
    if expected.is_some_and(|expected| expected != sum) {
        return Err(S3Error::bad_digest());
    }
    Ok(body)
}

/// `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n`, ended by a length of 0 and trailing headers.
fn unchunk(body: &[u8]) -> Result<(Bytes, Option<String>), S3Error> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let (line, after) = line(rest)?;
        let length = line.split(';').next().unwrap_or_default();
        let length = usize::from_str_radix(length, 16).map_err(|_| S3Error::incomplete())?;
        if length == 0 {
            return Ok((out.into(), trailer(after)));
        }
        let chunk = after.get(..length).ok_or(S3Error::incomplete())?;
        out.extend_from_slice(chunk);
        rest = after[length..].strip_prefix(b"\r\n").ok_or(S3Error::incomplete())?;
    }
}

fn line(bytes: &[u8]) -> Result<(&str, &[u8]), S3Error> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n").ok_or(S3Error::incomplete())?;
    let line = core::str::from_utf8(&bytes[..end]).map_err(|_| S3Error::incomplete())?;
    Ok((line, &bytes[end + 2..]))
}

fn trailer(bytes: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(bytes).ok()?;
    let mut lines = text.split("\r\n").filter_map(|line| line.split_once(':'));
    lines.find(|(name, _)| *name == "x-amz-checksum-crc32").map(|(_, value)| value.trim().to_owned())
}

/// CRC-32 as in gzip (RFC 1952, 8), bit by bit: objects here are small.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(body: &'static str) -> Result<Bytes, S3Error> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER".parse().unwrap());
        decode(&headers, Bytes::from_static(body.as_bytes()))
    }

    /// The check value of CRC-32 is that of "123456789".
    #[test]
    fn chunks_are_joined_and_their_checksum_is_compared() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let sum = STANDARD.encode(0xCBF4_3926_u32.to_be_bytes());
        assert_eq!(sum, "y/Q5Jg==");
        let whole = "4\r\n1234\r\n5;chunk-signature=x\r\n56789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
        assert_eq!(streamed(whole).unwrap(), "123456789");
        assert_eq!(streamed("1\r\n1\r\n0\r\n\r\n").unwrap(), "1");
        let wrong = "1\r\n1\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
        assert_eq!(streamed(wrong), Err(S3Error::bad_digest()));
    }

    #[test]
    fn a_cut_body_is_refused() {
        for cut in ["", "4", "4\r\n123", "4\r\n1234", "4\r\n1234\r\n", "zz\r\n", "ffffffffffffffff\r\n1\r\n"]
        {
            assert_eq!(streamed(cut), Err(S3Error::incomplete()), "{cut:?}");
        }
    }
}
