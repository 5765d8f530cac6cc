//! The little XML that S3 and SNS speak.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};

/// `<name>text</name>`, the text escaped.
pub(crate) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}

/// `<name>inner</name>`, where `inner` is XML already.
pub(crate) fn container(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// An answer whose root is `name` in `namespace` and holds `inner`, which is XML already.
pub(crate) fn document(namespace: &str, name: &str, inner: &str) -> Response<Body> {
    let text =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name} xmlns=\"{namespace}\">{inner}</{name}>");
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// The texts of all elements of this name, in their order. Enough for the two requests that have a body in XML.
pub(crate) fn texts(document: &str, name: &str) -> Vec<String> {
    inners(document, name).into_iter().map(unescaped).collect()
}

/// What is inside all elements of this name, in their order, as XML.
pub(crate) fn inners<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let elements = document.split(open.as_str()).skip(1);
    elements.filter_map(|rest| Some(rest.split_once(close.as_str())?.0)).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\r', "&#13;")
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_read_back() {
        let text = "a<b>&\"c\"";
        let element = element("Key", text);
        assert_eq!(element, "<Key>a&lt;b&gt;&amp;&quot;c&quot;</Key>");
        assert_eq!(texts(&format!("<A>{element}{element}</A>"), "Key"), [text, text]);
        assert_eq!(texts("<A></A>", "Key"), [""; 0]);
        assert_eq!(inners("<A><B>&lt;</B></A><A></A><A>cut", "A"), ["<B>&lt;</B>", ""]);
    }
}
