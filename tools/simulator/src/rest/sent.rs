//! What came with a request: JSON alone, or JSON with files (Discord: "Uploading Files").

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Json, RequestExt as _};
use serde_json::Value;

use super::error::Error;
use crate::world::{File, Refusal};

/// The largest request (Discord: 10 MiB of files for a bot without more), with room for what is said beside them.
pub(super) const SENT_MAX: usize = 11 * 1024 * 1024;

/// A body and its files, `files[0]` first.
pub(super) struct Sent {
    pub(super) body: Value,
    pub(super) files: Vec<File>,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Response> {
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let Json(body) = request.extract().await.map_err(JsonRejection::into_response)?;
            return Ok(Self { body, files: Vec::new() });
        }
        let parts = request.extract::<Multipart, _>().await.map_err(IntoResponse::into_response)?;
        read(parts).await.map_err(|refused| Error::Refused(refused).into_response())
    }
}

async fn read(mut parts: Multipart) -> Result<Sent, Refusal> {
    let (mut body, mut files) = (None, Vec::new());
    while let Some(field) = parts.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            let text = field.text().await.map_err(|error| broken(&error))?;
            body = serde_json::from_str(&text).ok();
        } else if name == format!("files[{}]", files.len()) {
            files.push(file(field).await?);
        } else {
            return Err(Refusal::form(&name, "a part is payload_json or files[n], in order"));
        }
    }
    let body = body.ok_or_else(|| Refusal::form("payload_json", "it has to be JSON"))?;
    Ok(Sent { body, files })
}

async fn file(field: Field<'_>) -> Result<File, Refusal> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || !name.chars().all(plain) {
        return Err(Refusal::form(
            "files",
            "a file has a name of letters, digits, dots, dashes and underscores",
        ));
    }
    let media_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
    let bytes = field.bytes().await.map_err(|error| broken(&error))?;
    Ok(File { name, media_type, bytes })
}

fn broken(error: &MultipartError) -> Refusal {
    Refusal::form("", &error.body_text())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;

    use super::*;

    async fn sent(kind: &str, body: &str) -> Result<Sent, StatusCode> {
        let request =
            Request::post("/").header(CONTENT_TYPE, kind).body(Body::from(body.to_owned())).unwrap();
        Sent::from_request(request, &()).await.map_err(|refused| refused.status())
    }

    fn form(parts: &[(&str, &str)]) -> String {
        let part = |(head, text): &(&str, &str)| {
            format!(
                "--x\r\nContent-Disposition: form-data; {head}\r\nContent-Type: image/png\r\n\r\n{text}\r\n"
            )
        };
        parts.iter().map(part).collect::<String>() + "--x--\r\n"
    }

    const FORM: &str = "multipart/form-data; boundary=x";

    #[tokio::test]
    async fn json_comes_alone_or_with_files() {
        let alone = sent("application/json", r#"{"content":"x"}"#).await.unwrap();
        assert!(alone.body["content"] == "x" && alone.files.is_empty());
        let said = form(&[
            (r#"name="payload_json""#, r#"{"content":"x"}"#),
            (r#"name="files[0]"; filename="a.png""#, "png"),
        ]);
        let both = sent(FORM, &said).await.unwrap();
        let file = &both.files[0];
        assert_eq!((both.body["content"].as_str(), file.name.as_str()), (Some("x"), "a.png"));
        assert_eq!((file.media_type.as_str(), &*file.bytes), ("image/png", &b"png"[..]));
    }

    #[tokio::test]
    async fn what_is_no_message_with_files_is_refused() {
        let payload = (r#"name="payload_json""#, "{}");
        let cases = [
            form(&[(r#"name="files[0]"; filename="a.png""#, "png")]),
            form(&[payload, (r#"name="files[1]"; filename="a.png""#, "png")]),
            form(&[payload, (r#"name="files[0]"; filename="../a.png""#, "png")]),
            form(&[payload, (r#"name="files[0]""#, "png")]),
            form(&[(r#"name="payload_json""#, "{")]),
            "--x\r\n".to_owned(),
        ];
        for case in cases {
            assert_eq!(sent(FORM, &case).await.err(), Some(StatusCode::BAD_REQUEST), "{case}");
        }
        assert!(sent("text/plain", "{}").await.is_err());
    }
}
