//! Short codes from outside, let into the log only when they can be neither an id nor a text.

use std::sync::Arc;

use serde::Serialize;

use crate::security::id_digits::has_id;

const MAX_CODE: usize = 64;

/// An error code: 1 to 64 of ASCII letters, digits and `_.-:` with no id in it ([`has_id`]). Anything else as a whole becomes
/// `unprintable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code(String);

impl Code {
    /// The code, or `unprintable`.
    pub fn new(code: &str) -> Self {
        Self(if is_plain(code, MAX_CODE) { code } else { "unprintable" }.to_owned())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What ties the lines of one request together: the platform's request id, or `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// The id, or `none` if it could be an id of Discord's or a text.
    pub fn new(request_id: &str) -> Self {
        Self(if is_plain(request_id, MAX_CODE) { request_id } else { "none" }.into())
    }

    /// No request.
    pub fn none() -> Self {
        Self("none".into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for CorrelationId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn is_plain(text: &str, max: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-:".contains(&byte);
    !text.is_empty() && text.len() <= max && text.bytes().all(allowed) && !has_id(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_pass_and_ids_and_texts_do_not() {
        for code in ["ConditionalCheckFailedException", "http_503", "50027", "a.b-c:d", "12345678901234"] {
            assert_eq!(Code::new(code).as_str(), code);
        }
        let long = "x".repeat(65);
        for text in ["", "175928847299117063", "u175928847299117063x", "no such user", "a\nb", "é", &long] {
            assert_eq!(Code::new(text).as_str(), "unprintable", "{text}");
        }
    }

    #[test]
    fn a_request_id_passes_and_an_interaction_id_does_not() {
        let request = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
        assert_eq!(CorrelationId::new(request).as_str(), request);
        assert_eq!(CorrelationId::none().as_str(), "none");
        assert_eq!(CorrelationId::new("1059371930483728394"), CorrelationId::none());
        assert_eq!(CorrelationId::new("x\"}\n{"), CorrelationId::none());
    }

    proptest! {
        #[test]
        fn a_code_is_always_short_and_plain(text in any::<String>()) {
            let code = Code::new(&text);
            prop_assert!(is_plain(code.as_str(), MAX_CODE));
        }
    }
}
