//! What one user's secret holds: a JSON document, keyed by provider (SPEC T4).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::accounts::{Provider, Subject};
use crate::security::secret::Secret;

/// Secrets Manager's limit for a value, in bytes.
pub const DOCUMENT_MAX: usize = 65_536;
/// The only format that there has been.
const FORMAT: u32 = 1;

/// The tokens of one linked account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// The account, as the provider calls it.
    pub subject: Subject,
    /// What calls are made with.
    #[serde(serialize_with = "reveal")]
    pub access: Secret,
    /// What the next access token is asked for with. Not every provider gives one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "reveal_some",
        deserialize_with = "hide_some"
    )]
    pub refresh: Option<Secret>,
    /// When the access token ends; some never do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What the user has allowed, as the provider wrote it.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Since when the account is linked.
    pub linked_at: Timestamp,
}

impl Tokens {
    /// Whether the access token can still be used for the next `margin` seconds.
    pub fn is_fresh(&self, now: Timestamp, margin: i64) -> bool {
        self.expires_at.is_none_or(|end| end.as_second().saturating_sub(margin) > now.as_second())
    }
}

/// All linked accounts of one user, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    rev: u64,
    accounts: BTreeMap<Provider, Tokens>,
}

/// A secret that does not read as a document of ours, or does not fit. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is not our JSON.
    #[error("the token document is malformed")]
    Malformed,
    /// It was written by a later version of this software.
    #[error("the token document has a format that this version does not know")]
    Format,
    /// It has more than [`DOCUMENT_MAX`] bytes.
    #[error("the token document is too large")]
    TooLarge,
}

impl Document {
    /// How often it was changed. A version with the number after the current one's is the next one.
    pub const fn rev(&self) -> u64 {
        self.rev
    }

    /// The tokens of one account.
    pub fn tokens(&self, provider: Provider) -> Option<&Tokens> {
        self.accounts.get(&provider)
    }

    /// What is linked.
    pub fn accounts(&self) -> impl Iterator<Item = (Provider, &Tokens)> {
        self.accounts.iter().map(|(provider, tokens)| (*provider, tokens))
    }

    /// The next document, with these tokens in place of any that the provider had.
    #[must_use]
    pub fn with(&self, provider: Provider, tokens: Tokens) -> Self {
        let mut accounts = self.accounts.clone();
        accounts.insert(provider, tokens);
        Self { rev: self.rev.saturating_add(1), accounts }
    }

    /// The next document, without this account.
    #[must_use]
    pub fn without(&self, provider: Provider) -> Self {
        let mut accounts = self.accounts.clone();
        accounts.remove(&provider);
        Self { rev: self.rev.saturating_add(1), accounts }
    }

    /// Reads a secret's value.
    pub fn parse(value: &Secret) -> Result<Self, DocumentError> {
        let format: Format = serde_json::from_slice(value.expose()).map_err(|_| DocumentError::Malformed)?;
        if format.v != FORMAT {
            return Err(DocumentError::Format);
        }
        let wire: Wire = serde_json::from_slice(value.expose()).map_err(|_| DocumentError::Malformed)?;
        Ok(Self { rev: wire.rev, accounts: wire.accounts })
    }

    /// As a secret's value.
    pub fn to_secret(&self) -> Result<Secret, DocumentError> {
        // Large enough from the start: a buffer that grows leaves copies behind.
        let mut bytes = Vec::with_capacity(DOCUMENT_MAX);
        let wire = WireRef { v: FORMAT, rev: self.rev, accounts: &self.accounts };
        serde_json::to_writer(&mut bytes, &wire).map_err(|_| DocumentError::Malformed)?;
        let value = Secret::new(bytes);
        if value.expose().len() > DOCUMENT_MAX { Err(DocumentError::TooLarge) } else { Ok(value) }
    }
}

#[derive(Deserialize)]
struct Format {
    v: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "v")]
    _format: u32,
    rev: u64,
    accounts: BTreeMap<Provider, Tokens>,
}

#[derive(Serialize)]
struct WireRef<'a> {
    v: u32,
    rev: u64,
    accounts: &'a BTreeMap<Provider, Tokens>,
}

fn hide_some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Secret::deserialize(deserializer).map(Some)
}

/// The one place where tokens become text: the value of a secret.
fn reveal<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    match core::str::from_utf8(secret.expose()) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => Err(serde::ser::Error::custom("a token is not text")),
    }
}

#[expect(clippy::ref_option, reason = "serde hands over the field")]
fn reveal_some<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => reveal(secret, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn tokens(access: &str) -> Tokens {
        Tokens {
            subject: "12345".parse().unwrap(),
            access: Secret::new(access),
            refresh: Some(Secret::new("refresh")),
            expires_at: Some(at(1_800_003_600)),
            scopes: vec!["user:read:follows".to_owned()],
            linked_at: at(1_800_000_000),
        }
    }

    fn text(document: &Document) -> String {
        String::from_utf8(document.to_secret().unwrap().expose().to_vec()).unwrap()
    }

    #[test]
    fn it_is_written_as_one_object_keyed_by_provider() {
        let document = Document::default().with(Provider::Twitch, tokens("a"));
        let bare = Tokens { refresh: None, expires_at: None, scopes: vec![], ..tokens("b") };
        insta::assert_snapshot!(text(&document.with(Provider::Slack, bare)), @r#"{"v":1,"rev":2,"accounts":{"slack":{"subject":"12345","access":"b","scopes":[],"linked_at":"2027-01-15T08:00:00Z"},"twitch":{"subject":"12345","access":"a","refresh":"refresh","expires_at":"2027-01-15T09:00:00Z","scopes":["user:read:follows"],"linked_at":"2027-01-15T08:00:00Z"}}}"#);
    }

    #[test]
    fn each_change_is_the_next_one_and_leaves_the_others_alone() {
        let one = Document::default().with(Provider::Twitch, tokens("a"));
        let two = one.with(Provider::Slack, tokens("b"));
        let three = two.without(Provider::Twitch);
        assert_eq!([one.rev(), two.rev(), three.rev()], [1, 2, 3]);
        assert_eq!(three.accounts().map(|(provider, _)| provider).collect::<Vec<_>>(), [Provider::Slack]);
        assert_eq!(
            (three.tokens(Provider::Twitch), two.tokens(Provider::Twitch)),
            (None, Some(&tokens("a")))
        );
    }

    #[test]
    fn what_is_not_ours_is_refused_and_not_taken_for_empty() {
        for bad in ["", "{}", "[]", "null", r#"{"v":1}"#, r#"{"v":1,"rev":1,"accounts":{"myspace":{}}}"#] {
            assert_eq!(Document::parse(&Secret::new(bad)), Err(DocumentError::Malformed), "{bad}");
        }
        let later = r#"{"v":2,"rev":1,"accounts":{}}"#;
        assert_eq!(Document::parse(&Secret::new(later)), Err(DocumentError::Format));
        let more = r#"{"v":1,"rev":1,"accounts":{},"note":"x"}"#;
        assert_eq!(Document::parse(&Secret::new(more)), Err(DocumentError::Malformed));
    }

    #[test]
    fn one_that_does_not_fit_is_refused_before_it_is_sent() {
        let large = Document::default().with(Provider::Slack, tokens(&"x".repeat(DOCUMENT_MAX)));
        assert_eq!(large.to_secret(), Err(DocumentError::TooLarge));
    }

    #[test]
    fn debug_shows_no_token() {
        let shown = format!("{:?}", Document::default().with(Provider::Twitch, tokens("hunter2")));
        assert!(
            !shown.contains("hunter2") && !shown.contains("\"refresh\"") && !shown.contains("12345"),
            "{shown}"
        );
    }

    #[test]
    fn a_token_is_fresh_until_the_margin_before_its_end() {
        let (tokens, end) = (tokens("a"), at(1_800_003_600));
        assert!(tokens.is_fresh(end - 301.seconds(), 300));
        assert!(!tokens.is_fresh(end - 300.seconds(), 300));
        assert!(Tokens { expires_at: None, ..tokens }.is_fresh(end + 9999.hours(), 300));
    }

    proptest! {
        #[test]
        fn what_was_written_reads_the_same(
            access in "\\PC{0,60}", refresh in proptest::option::of("\\PC{0,60}"), end in proptest::option::of(0_i64..4_000_000_000),
            providers in proptest::sample::subsequence(Provider::ALL.to_vec(), 0..=5),
        ) {
            let one = Tokens {
                access: Secret::new(access), refresh: refresh.map(Secret::new), expires_at: end.map(at), ..tokens("")
            };
            let document = providers.iter().fold(Document::default(), |all, provider| all.with(*provider, one.clone()));
            prop_assert_eq!(Document::parse(&document.to_secret().unwrap()), Ok(document));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Document::parse(&Secret::new(bytes));
        }
    }
}
