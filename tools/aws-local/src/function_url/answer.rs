//! An answer as a response.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The function's answer cannot be sent; the caller sees a 502.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function's answer is no HTTP response: {0}")]
pub struct BadAnswer(&'static str);

/// The response that an answer stands for. Without a `statusCode` the whole answer is the body of a 200.
pub fn answer(value: &Value) -> Result<Response<Body>, BadAnswer> {
    let Some(status) = value.get("statusCode") else { return Ok(inferred(value)) };
    let status = status.as_u64().and_then(|status| u16::try_from(status).ok());
    let status =
        status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or(BadAnswer("statusCode"))?;
    let mut response = Response::new(Body::from(body(value)?));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in value.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::try_from(name).map_err(|_| BadAnswer("a header's name"))?;
        headers.insert(name, header_value(value)?);
    }
    for cookie in value.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.append(header::SET_COOKIE, header_value(cookie)?);
    }
    Ok(response)
}

fn inferred(value: &Value) -> Response<Body> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn body(value: &Value) -> Result<Vec<u8>, BadAnswer> {
    let text = match value.get("body") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(BadAnswer("body is not text")),
    };
    match value.get("isBase64Encoded").and_then(Value::as_bool) {
        Some(true) => STANDARD.decode(text).map_err(|_| BadAnswer("body is not base64")),
        _ => Ok(text.as_bytes().to_vec()),
    }
}

fn header_value(value: &Value) -> Result<HeaderValue, BadAnswer> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    HeaderValue::try_from(text).map_err(|_| BadAnswer("a header's value"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn text(response: Response<Body>) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn status_headers_cookies_and_body_are_sent() {
        let value = json!({
            "statusCode": 401, "headers": { "X-A": "1", "content-type": "text/plain" }, "cookies": ["a=1", "b=2"],
            "body": "aGk=", "isBase64Encoded": true,
        });
        let response = answer(&value).unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(
            (&response.headers()["x-a"], &response.headers()["content-type"]),
            (&"1".parse().unwrap(), &"text/plain".parse().unwrap())
        );
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
        assert_eq!(text(response).await, "hi");
    }

    #[tokio::test]
    async fn without_a_status_the_whole_answer_is_the_body() {
        let response = answer(&json!({ "type": 1 })).unwrap();
        assert_eq!(
            (response.status(), &response.headers()["content-type"]),
            (StatusCode::OK, &"application/json".parse().unwrap())
        );
        assert_eq!(text(response).await, "{\"type\":1}");
        assert_eq!(text(answer(&json!("hello")).unwrap()).await, "hello");
    }

    #[test]
    fn what_is_no_response_is_refused() {
        for (value, what) in [
            (json!({ "statusCode": "200" }), "statusCode"),
            (json!({ "statusCode": 99 }), "statusCode"),
            (json!({ "statusCode": 200, "body": {} }), "body is not text"),
            (json!({ "statusCode": 200, "body": "%", "isBase64Encoded": true }), "body is not base64"),
            (json!({ "statusCode": 200, "headers": { "a b": "x" } }), "a header's name"),
            (json!({ "statusCode": 200, "headers": { "a": "x\n" } }), "a header's value"),
        ] {
            assert_eq!(answer(&value).unwrap_err(), BadAnswer(what));
        }
    }
}
