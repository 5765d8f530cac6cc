//! Rule: what somebody asks to hear is a checked URL or a search, nothing between (SPEC T18, T19).
//! Threat: URLs that reach private hosts, carry passwords, hide their host, or a bad URL that is quietly searched for.
//! Refusal: [`UrlError`] says why. Names are judged again after DNS and on each redirect with [`is_public`].

use core::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;
use url::{Host, Url};

use super::input::{InputError, SearchQuery, URL_MAX, is_bidi_control, is_control};
pub use super::public_address::is_public;

/// What a deployment allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlPolicy {
    /// Whether `http://` is accepted beside `https://`; off unless configured.
    pub allow_http: bool,
}

impl UrlPolicy {
    /// `https` only, the default of every deployment.
    pub const HTTPS_ONLY: Self = Self { allow_http: false };
}

/// Why a URL was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Longer than [`URL_MAX`] bytes, as typed or in its normal form.
    #[error("longer than {URL_MAX} bytes")]
    TooLong,
    /// Not a URL at all, or one whose parts are ambiguous between parsers.
    #[error("not a URL")]
    Malformed,
    /// A scheme other than `https` (and `http`, where allowed).
    #[error("only https is allowed")]
    Scheme,
    /// A user name or password stands before the host.
    #[error("carries a user name or password")]
    Userinfo,
    /// The host is an address or a name that is not on the public internet.
    #[error("its host is not public")]
    PrivateHost,
    /// A port below 1024 other than 80 and 443.
    #[error("its port is not allowed")]
    Port,
}

/// A URL that may be fetched, once its name's addresses are checked too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackUrl(Url);

impl TrackUrl {
    /// Parses `text` as it was typed. Its query string is kept as it is.
    pub fn parse(text: &str, policy: UrlPolicy) -> Result<Self, UrlError> {
        check_text(text)?;
        let url = Url::parse(text).map_err(|_| UrlError::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if policy.allow_http => {}
            _ => return Err(UrlError::Scheme),
        }
        check_authority(text, &url)?;
        check_host(&url.host().ok_or(UrlError::Malformed)?)?;
        // Encoding makes text longer, and what is stored has to parse again.
        if url.as_str().len() > URL_MAX {
            return Err(UrlError::TooLong);
        }
        match url.port_or_known_default() {
            Some(80 | 443 | 1024..) => Ok(Self(url)),
            _ => Err(UrlError::Port),
        }
    }

    /// The URL in its normal form.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, in ASCII.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is `https`; the fetching side asks again when its own policy is stricter than the one at the door.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The last segment of the path, percent-decoded, when there is one.
    pub fn file_name(&self) -> Option<String> {
        let last = self.0.path_segments()?.rfind(|segment| !segment.is_empty())?;
        Some(percent_decoded(last))
    }
}

/// From the table: the shape is checked again; whether `http` was allowed was decided when it was written.
impl TryFrom<String> for TrackUrl {
    type Error = UrlError;

    fn try_from(text: String) -> Result<Self, UrlError> {
        Self::parse(&text, UrlPolicy { allow_http: true })
    }
}

impl From<TrackUrl> for String {
    fn from(url: TrackUrl) -> Self {
        url.0.into()
    }
}

/// What somebody asked to hear.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// A place to fetch.
    Url(TrackUrl),
    /// Words to search for.
    Search(SearchQuery),
}

/// Why a query was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It looks like a URL and is a bad one.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// It is no URL and no fit search either.
    #[error(transparent)]
    Search(#[from] InputError),
}

impl Query {
    /// Parses what was typed. With `scheme://` in front it is a URL or an error, never a search; `<…>` around it
    /// is what Discord's users type to keep a link from unfolding.
    pub fn parse(text: &str, policy: UrlPolicy) -> Result<Self, QueryError> {
        let text = text.trim();
        let bare = text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(text);
        if has_scheme(bare) {
            return Ok(Self::Url(TrackUrl::parse(bare, policy)?));
        }
        Ok(Self::Search(SearchQuery::from_str(text)?))
    }
}

fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

/// The URL standard drops tabs and newlines and reads `\` as `/`; other parsers do not. Neither gets that far.
fn check_text(text: &str) -> Result<(), UrlError> {
    if text.len() > URL_MAX {
        return Err(UrlError::TooLong);
    }
    let ambiguous = |c: char| is_control(c) || is_bidi_control(c) || c.is_whitespace() || c == '\\';
    if !has_scheme(text) || text.contains(ambiguous) {
        return Err(UrlError::Malformed);
    }
    Ok(())
}

/// An empty user name vanishes in parsing, so the text is asked as well.
fn check_authority(text: &str, url: &Url) -> Result<(), UrlError> {
    let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err(UrlError::Malformed);
    }
    if authority.contains('@') || !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::Userinfo);
    }
    Ok(())
}

fn check_host(host: &Host<&str>) -> Result<(), UrlError> {
    let public = match host {
        Host::Ipv4(address) => is_public((*address).into()),
        Host::Ipv6(address) => is_public((*address).into()),
        Host::Domain(name) => is_public_name(name),
    };
    if public { Ok(()) } else { Err(UrlError::PrivateHost) }
}

/// Top-level names that resolve inside a machine, a network or a cloud, or nowhere (RFC 6761, 6762, 8375, 9476).
const PRIVATE_SUFFIXES: [&str; 12] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "home.arpa",
    "test",
    "invalid",
    "onion",
];

/// A name of at least two labels, none empty (so no trailing dot either), under no private suffix.
fn is_public_name(name: &str) -> bool {
    let dotted = name.contains('.') && name.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    let private =
        |suffix: &&str| name.strip_suffix(*suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    dotted && name.len() <= 253 && !PRIVATE_SUFFIXES.iter().any(private)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = if first == b'%' { tail.get(..2) } else { None };
        let decoded = escaped.and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex).ok());
        rest = if decoded.is_some() { &tail[2..] } else { tail };
        bytes.extend(decoded.unwrap_or_else(|| vec![first]));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
#[path = "track_url_tests.rs"]
mod tests;
