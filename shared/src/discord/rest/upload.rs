//! A file that goes along with a message (<https://discord.com/developers/docs/reference>: "Uploading Files").

use futures_util::TryStreamExt as _;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::RestError;

/// What cannot even be written down.
const UNSENT: RestError = RestError::Refused { status: 0, code: 0 };

/// A file: a picture, a text.
#[derive(Clone, Copy, Debug)]
pub struct AttachedFile<'a> {
    /// The file's name; a body refers to it as `attachment://` and this.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

/// A whole `multipart/form-data` body: unlike a stream it can be sent again.
pub(super) struct FormBody {
    content_type: HeaderValue,
    bytes: Vec<u8>,
}

impl FormBody {
    pub(super) fn request(self, http: &Client, method: Method, url: Url) -> Result<Request, RestError> {
        let request = http.request(method, url).header(CONTENT_TYPE, self.content_type);
        request.body(self.bytes).build().map_err(|_| UNSENT)
    }
}

/// The message and its only file.
pub(super) async fn form<B: Serialize>(body: &B, file: AttachedFile<'_>) -> Result<FormBody, RestError> {
    let mut body = serde_json::to_value(body).map_err(|_| UNSENT)?;
    let Value::Object(fields) = &mut body else { return Err(UNSENT) };
    fields.insert("attachments".to_owned(), json!([{ "id": 0, "filename": file.name }]));
    let typed = |part: Part, media_type: &str| part.mime_str(media_type).map_err(|_| UNSENT);
    let content = Part::bytes(file.bytes.to_vec()).file_name(file.name.to_owned());
    let form = Form::new()
        .part("payload_json", typed(Part::text(body.to_string()), "application/json")?)
        .part("files[0]", typed(content, file.media_type)?);
    let content_type = format!("multipart/form-data; boundary={}", form.boundary());
    let content_type = HeaderValue::try_from(content_type).map_err(|_| UNSENT)?;
    let parts: Vec<_> = form.into_stream().try_collect().await.map_err(|_| UNSENT)?;
    Ok(FormBody { content_type, bytes: parts.concat() })
}

/// Where the first file of a message is kept.
pub(super) fn first_url(message: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Message {
        attachments: Vec<Attachment>,
    }
    #[derive(Deserialize)]
    struct Attachment {
        url: String,
    }
    let message: Message = serde_json::from_slice(message).ok()?;
    message.attachments.into_iter().next().map(|file| file.url)
}
