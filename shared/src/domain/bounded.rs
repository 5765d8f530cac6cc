//! Numbers that know their limits, so that a setting out of range cannot exist.

/// A number was outside its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not between {min} and {max}")]
pub struct OutOfRange {
    /// The smallest value allowed.
    pub min: u32,
    /// The largest value allowed.
    pub max: u32,
}

/// Declares a newtype over an unsigned integer with a range and a default. `TryFrom<u32>` is the one constructor.
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident($inner:ty), $min:literal..=$max:literal, default $default:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "u32", into = "u32")]
        pub struct $name($inner);

        impl $name {
            /// The smallest value.
            pub const MIN: u32 = $min;
            /// The largest value.
            pub const MAX: u32 = $max;

            /// The number.
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self($default)
            }
        }

        impl TryFrom<u32> for $name {
            type Error = $crate::domain::bounded::OutOfRange;

            fn try_from(number: u32) -> Result<Self, Self::Error> {
                let refusal = $crate::domain::bounded::OutOfRange { min: $min, max: $max };
                if !(Self::MIN..=Self::MAX).contains(&number) {
                    return Err(refusal);
                }
                <$inner>::try_from(number).map(Self).map_err(|_| refusal)
            }
        }

        impl From<$name> for u32 {
            fn from(number: $name) -> Self {
                number.0.into()
            }
        }
    };
}

pub(crate) use bounded;

#[cfg(test)]
mod tests {
    use super::*;

    bounded!(
        /// A die.
        Die(u8), 1..=6, default 3
    );

    #[test]
    fn only_values_within_exist() {
        assert_eq!(Die::try_from(1).map(Die::get), Ok(1));
        assert_eq!(Die::try_from(6).map(Die::get), Ok(6));
        for out in [0, 7, 256 + 3, u32::MAX] {
            assert_eq!(Die::try_from(out), Err(OutOfRange { min: 1, max: 6 }));
        }
    }

    #[test]
    fn a_stored_value_out_of_range_does_not_read() {
        assert!(serde_json::from_str::<Die>("7").is_err());
        assert_eq!(serde_json::from_str::<Die>("6").unwrap().get(), 6);
        assert_eq!(serde_json::to_string(&Die::default()).unwrap(), "3");
    }
}
