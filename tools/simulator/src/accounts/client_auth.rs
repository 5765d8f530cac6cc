//! Which client asks (RFC 6749, section 2.3.1), in the way that the service takes it.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use data_encoding::BASE64;
use url::form_urlencoded;

use super::config::ClientConfig;
use super::form::Fields;
use super::service::{ClientIn, Service};

/// Why it is nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotClient {
    /// It does not say who it is, or not in this service's way, or in two ways.
    Missing,
    /// There is none of that id.
    Unknown,
    /// Its secret is another.
    Secret,
}

/// The id of the client that asks.
pub(super) fn client(
    service: Service,
    headers: &HeaderMap,
    fields: &Fields,
    clients: &[ClientConfig],
) -> Result<String, NotClient> {
    let (id, secret) = said(service, headers, fields).ok_or(NotClient::Missing)?;
    let client = clients.iter().find(|one| one.service == service && one.id == id);
    let client = client.ok_or(NotClient::Unknown)?;
    if client.secret == secret { Ok(id) } else { Err(NotClient::Secret) }
}

fn said(service: Service, headers: &HeaderMap, fields: &Fields) -> Option<(String, String)> {
    let form = fields.get("client_secret").map(|secret| {
        let id = fields.get("client_id").unwrap_or_default();
        (id.to_owned(), secret.to_owned())
    });
    let basic = headers.get(AUTHORIZATION).map(|value| basic(value.to_str().unwrap_or_default()));
    match (service.habits().client_in, basic, form) {
        (ClientIn::Header | ClientIn::Both, Some(basic), None) => basic,
        (ClientIn::Form | ClientIn::Both, None, Some(form)) => Some(form),
        _ => None,
    }
}

/// Both halves are encoded as in a form.
fn basic(header: &str) -> Option<(String, String)> {
    let bytes = BASE64.decode(header.strip_prefix("Basic ")?.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id), decoded(secret)))
}

fn decoded(text: &str) -> String {
    let field = format!("x={text}");
    let first = form_urlencoded::parse(field.as_bytes()).next();
    first.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn clients(service: Service) -> Vec<ClientConfig> {
        let own = ClientConfig::of_the_bot(service, "http://127.0.0.1:1");
        vec![ClientConfig { id: "our client".into(), secret: "s/+:1".into(), ..own }]
    }

    fn asks(service: Service, basic: Option<&str>, form: &str) -> Result<String, NotClient> {
        let mut headers = HeaderMap::new();
        if let Some(basic) = basic {
            let value = format!("Basic {}", BASE64.encode(basic.as_bytes()));
            headers.insert(AUTHORIZATION, HeaderValue::try_from(value).unwrap());
        }
        client(service, &headers, &Fields::parse(form.as_bytes()).unwrap(), &clients(service))
    }

    const BASIC: &str = "our+client:s%2F%2B%3A1";
    const FORM: &str = "client_id=our+client&client_secret=s%2F%2B%3A1";

    #[test]
    fn each_service_takes_its_own_way_and_one_at_a_time() {
        for service in Service::ALL {
            let takes = service.habits().client_in;
            assert_eq!(asks(service, Some(BASIC), "").is_ok(), takes != ClientIn::Form, "{service:?}");
            assert_eq!(asks(service, None, FORM).is_ok(), takes != ClientIn::Header, "{service:?}");
            assert_eq!(asks(service, Some(BASIC), FORM), Err(NotClient::Missing));
            assert_eq!(asks(service, None, "client_id=our+client"), Err(NotClient::Missing));
        }
    }

    #[test]
    fn an_unknown_client_is_not_one_with_a_wrong_secret() {
        assert_eq!(asks(Service::Discord, Some("other:s"), ""), Err(NotClient::Unknown));
        assert_eq!(asks(Service::Discord, Some("our+client:s"), ""), Err(NotClient::Secret));
        assert_eq!(asks(Service::Discord, Some("our+client"), ""), Err(NotClient::Missing));
        assert_eq!(asks(Service::Twitch, None, "client_id=o&client_secret=s"), Err(NotClient::Unknown));
        let none = client(Service::Slack, &HeaderMap::new(), &Fields::default(), &clients(Service::Discord));
        assert_eq!(none, Err(NotClient::Missing));
    }
}
