//! Looking into rows whose form is their store's. What is not there, or of another kind, is not what is looked for.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::store::Item;

/// A text.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// A whole number.
pub(super) fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// Bytes.
pub(super) fn bytes<'a>(item: &'a Item, name: &str) -> Option<&'a [u8]> {
    item.get(name)?.as_b().ok().map(AsRef::as_ref)
}

/// Whether the text is this id.
pub(super) fn is(item: &Item, name: &str, id: impl Into<u64>) -> bool {
    text(item, name) == Some(id.into().to_string().as_str())
}

/// An id as it stands in a row.
pub(super) fn id(id: impl Into<u64>) -> AttributeValue {
    AttributeValue::S(id.into().to_string())
}

/// A number as it stands in a row.
pub(super) fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

#[cfg(test)]
mod tests {
    use shared::ids::UserId;

    use super::*;

    #[test]
    fn what_is_of_another_kind_is_not_there() {
        let item = Item::from([
            ("text".to_owned(), id(UserId::new(5001))),
            ("number".to_owned(), n(-7)),
            ("bytes".to_owned(), AttributeValue::B(vec![1, 2].into())),
        ]);
        assert_eq!((text(&item, "text"), number(&item, "number")), (Some("5001"), Some(-7)));
        assert_eq!(bytes(&item, "bytes"), Some(&[1, 2][..]));
        for name in ["number", "bytes", "none"] {
            assert_eq!(text(&item, name), None);
        }
        assert_eq!((number(&item, "text"), bytes(&item, "text"), number(&item, "none")), (None, None, None));
        assert!(is(&item, "text", UserId::new(5001)) && !is(&item, "text", UserId::new(500)));
    }
}
