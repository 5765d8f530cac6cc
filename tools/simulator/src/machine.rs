//! The only file here that asks the machine for the time and for randomness.

use jiff::Timestamp;

/// The current instant, UTC.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "a simulator stands for the service, whose clock is real")]
    Timestamp::now()
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoEntropy;

/// `N` random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoEntropy> {
    let mut out = [0; N];
    #[expect(
        clippy::disallowed_methods,
        reason = "a simulator stands for the service, which has a source of its own"
    )]
    getrandom::fill(&mut out).map_err(|_| NoEntropy)?;
    Ok(out)
}

/// A secret of 128 bits in hex: session ids and voice tokens.
pub(crate) fn nonce() -> Result<String, NoEntropy> {
    random::<16>().map(hex::encode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_differ() {
        let (one, two) = (nonce().unwrap(), nonce().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 32);
    }

    #[test]
    fn the_clock_is_past_the_day_this_was_written() {
        assert!(now() > "2026-01-01T00:00:00Z".parse().unwrap());
    }
}
