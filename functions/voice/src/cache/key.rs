//! What a track is called in the cache.

use core::fmt;

use sha2::{Digest, Sha256};
use url::Url;

/// Changes when the same source would be kept in another form, so that old containers are not found any more.
const FORM: &str = "1;48000;-14;";

/// Discord's CDN: a link's query is its signature and changes every day, the file does not.
const DISCORD_CDN: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// SHA-256 of a source's normal form, in hex. It says nothing about the source to who reads a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheKey(String);

impl CacheKey {
    /// Of a link.
    pub fn of_url(url: &Url) -> Self {
        let mut url = url.clone();
        url.set_fragment(None);
        if url.host_str().is_some_and(|host| DISCORD_CDN.contains(&host)) {
            url.set_query(None);
        }
        Self::of("url", url.as_str())
    }

    /// Of something that has a name of its own within `kind`.
    pub fn of(kind: &str, name: &str) -> Self {
        let parts = [FORM.as_bytes(), kind.as_bytes(), b";", name.as_bytes()];
        Self(hex::encode(Sha256::digest(parts.concat())))
    }

    /// 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str) -> CacheKey {
        CacheKey::of_url(&url.parse().unwrap())
    }

    #[test]
    fn the_same_file_has_one_key() {
        assert_eq!(key("https://example.org/a.mp3#t=3"), key("HTTPS://EXAMPLE.ORG/a.mp3"));
        let attachment = "https://cdn.discordapp.com/attachments/1/2/a.mp3";
        assert_eq!(
            key(&format!("{attachment}?ex=1&is=2&hm=3")),
            key(&format!("{attachment}?ex=9&is=8&hm=7"))
        );
    }

    #[test]
    fn other_files_have_others() {
        assert_ne!(key("https://example.org/a?list=1"), key("https://example.org/a?list=2"));
        assert_eq!(key("https://example.org/a").as_str().len(), 64);
    }
}
