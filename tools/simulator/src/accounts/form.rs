//! Fields of queries and forms. What comes twice is refused: two readers could take two different ones (RFC 6749,
//! section 3.1).

use std::collections::BTreeMap;

use url::form_urlencoded;

/// Named values.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

/// A name came twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is there more than once")]
pub(super) struct Twice(String);

impl Fields {
    pub(super) fn parse(text: &[u8]) -> Result<Self, Twice> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text).into_owned() {
            if fields.contains_key(&name) {
                return Err(Twice(name));
            }
            fields.insert(name, value);
        }
        Ok(Self(fields))
    }

    /// A value that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_decoded_and_an_empty_one_is_none() {
        let fields = Fields::parse(b"a=b+c%26&empty=&flag").unwrap();
        assert_eq!(fields.get("a"), Some("b c&"));
        assert_eq!((fields.get("empty"), fields.get("flag"), fields.get("none")), (None, None, None));
    }

    #[test]
    fn nothing_comes_twice_however_it_is_spelled() {
        assert_eq!(Fields::parse(b"a=1&b=2&%61=1").unwrap_err(), Twice("a".to_owned()));
    }
}
