//! Rule: a secret value is never printed, serialised or compared byte by byte, and is zeroed when dropped (SPEC T10).
//! Threat: a key in a log line, an error message or a memory dump; a timing oracle.
//! Refusal: there is no `Display`, `Deref` or `Serialize`; `Debug` says `<redacted>`; one greppable way out.

use core::fmt;

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes that must not leak.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes ownership of the bytes; the caller should hold no other copy.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes themselves. Every use of this method is a place to review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether there is nothing in it; an empty key verifies everything and is refused by its users.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// From a text. There is no way back.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use core::fmt::Display;
    use core::marker::PhantomData;
    use core::ops::Deref;

    use serde::Serialize;

    use super::*;

    /// Asks of a type whether it has a trait: the compiler takes the first answer where it holds, else the second one.
    struct Asked<T>(PhantomData<T>);

    macro_rules! asks {
        ($does:ident, $does_not:ident, $bound:ident, $method:ident) => {
            trait $does {
                fn $method(&self) -> bool;
            }
            impl<T: $bound> $does for Asked<T> {
                fn $method(&self) -> bool {
                    true
                }
            }
            trait $does_not {
                fn $method(&self) -> bool;
            }
            impl<T> $does_not for &Asked<T> {
                fn $method(&self) -> bool {
                    false
                }
            }
        };
    }

    asks!(Shows, ShowsNot, Display, shows);
    asks!(Serialises, SerialisesNot, Serialize, serialises);
    asks!(Lends, LendsNot, Deref, lends);

    /// SPEC T10: whoever adds one of these opens a way out that nobody would find.
    #[test]
    fn it_has_no_text_form_and_is_lent_to_nobody() {
        let (text, secret) = (&Asked(PhantomData::<String>), &Asked(PhantomData::<Secret>));
        assert_eq!([text.shows(), text.serialises(), text.lends()], [true; 3]);
        assert_eq!([secret.shows(), secret.serialises(), secret.lends()], [false; 3]);
    }

    #[test]
    fn debug_does_not_show_it() {
        let secret = Secret::new(*b"hunter2");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "<redacted> Some(<redacted>)");
    }

    #[test]
    fn equality_is_over_the_bytes() {
        assert_eq!(Secret::new(*b"a"), Secret::new(*b"a"));
        assert_ne!(Secret::new(*b"a"), Secret::new(*b"b"));
        assert_ne!(Secret::new(*b"a"), Secret::new(*b"aa"));
    }

    #[test]
    fn emptiness_shows() {
        assert!(Secret::new(Vec::new()).is_empty());
        assert!(!Secret::new(*b"x").is_empty());
    }
}
