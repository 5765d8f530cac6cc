//! Which AAC it is. Symphonia decodes AAC-LC; of HE-AAC it would play the lower half of the spectrum and say nothing.

/// Object types of ISO 14496-3 table 1.17.
const AAC_LC: u8 = 2;
const SBR: u8 = 5;
const PARAMETRIC_STEREO: u8 = 29;
/// Announces SBR behind an AAC-LC configuration that old decoders understand (§1.6.5.2).
const SYNC_EXTENSION: u32 = 0x2b7;

/// What an `AudioSpecificConfig` describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aac {
    LowComplexity,
    HighEfficiency,
    Other,
}

/// Reads the configuration's object type, and its extension where there is one.
pub(crate) fn classify(config: &[u8]) -> Aac {
    let bits = |at: usize, count: usize| bits(config, at, count);
    match bits(0, 5) {
        Some(kind) if kind == u32::from(SBR) || kind == u32::from(PARAMETRIC_STEREO) => Aac::HighEfficiency,
        Some(kind) if kind == u32::from(AAC_LC) => {
            // Type, rate index (15 means 24 bits of rate follow), channels, then three flags.
            let general = if bits(5, 4) == Some(15) { 5 + 4 + 24 + 4 + 3 } else { 5 + 4 + 4 + 3 };
            let extended = bits(general, 11) == Some(SYNC_EXTENSION) && bits(general + 16, 1) == Some(1);
            if extended { Aac::HighEfficiency } else { Aac::LowComplexity }
        }
        _ => Aac::Other,
    }
}

fn bits(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    (at..at + count).try_fold(0, |value, index| {
        let byte = bytes.get(index / 8)?;
        Some(value << 1 | u32::from(byte >> (7 - index % 8) & 1))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn configurations_tell_their_kind() {
        assert_eq!(classify(&[0x12, 0x10]), Aac::LowComplexity, "LC, 44.1 kHz, stereo");
        assert_eq!(classify(&[0x2b, 0x92, 0x08, 0x00]), Aac::HighEfficiency, "SBR in front");
        assert_eq!(classify(&[0xeb, 0x8a, 0x08, 0x00]), Aac::HighEfficiency, "parametric stereo in front");
        assert_eq!(classify(&[0x13, 0x90, 0x56, 0xe5, 0xa0]), Aac::HighEfficiency, "SBR behind");
        assert_eq!(classify(&[0x12, 0x10, 0x56, 0xe5, 0x00]), Aac::LowComplexity, "SBR behind, and absent");
        assert_eq!(classify(&[0x0a, 0x10]), Aac::Other, "AAC Main");
        assert_eq!(classify(&[]), Aac::Other);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            classify(&bytes);
        }
    }
}
