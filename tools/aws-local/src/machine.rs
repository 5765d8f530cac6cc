//! The only file here that asks the machine for the time and for randomness.

use jiff::Timestamp;

/// The current instant, UTC.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "an emulator stands for the service, whose clock is real")]
    Timestamp::now()
}

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(now().as_millisecond()).unwrap_or_default()
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub(crate) struct NoEntropy;

/// `N` random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoEntropy> {
    let mut out = [0; N];
    #[expect(
        clippy::disallowed_methods,
        reason = "an emulator stands for the service, which has a source of its own"
    )]
    getrandom::fill(&mut out).map_err(|_| NoEntropy)?;
    Ok(out)
}

/// A random identifier in the shape of a UUID version 4.
pub(crate) fn uuid() -> Result<String, NoEntropy> {
    let mut bytes: [u8; 16] = random()?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(bytes);
    Ok(format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_the_shape_of_a_uuid_and_differ() {
        let (one, two) = (uuid().unwrap(), uuid().unwrap());
        assert_ne!(one, two);
        let lengths: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(one.as_bytes()[14], b'4');
    }

    #[test]
    fn the_clock_counts_milliseconds() {
        assert!(now_ms() > 1_700_000_000_000);
    }
}
