//! Why something cannot be played, in the words' terms: the card says one sentence a kind, the log says the kind's code.

/// A track's failure. Each has a sentence of its own, under [`PlayError::words_key`] in `bot.ftl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PlayError {
    /// 404, 410, an absent object, a search without a result.
    #[error("not found")]
    NotFound,
    /// 401, 403, 451: it is there, and not for us.
    #[error("the source refused")]
    Forbidden,
    /// More bytes than a source may have.
    #[error("too large")]
    TooLarge,
    /// Longer than a track may be here.
    #[error("too long")]
    TooLong,
    /// The bytes are no sound: a web page, a text, a picture.
    #[error("not audio")]
    NotAudio,
    /// Sound in a form that we do not decode, such as HE-AAC.
    #[error("not a supported codec or container")]
    Unsupported,
    /// The link, its host's address or a redirect's target is not on the public internet (SPEC T18).
    #[error("address not allowed")]
    AddressNotAllowed,
    /// More redirects than allowed, a circle of them, or one from https to http.
    #[error("bad redirect")]
    Redirect,
    /// The source sends nothing, or a byte now and then.
    #[error("too slow")]
    TooSlow,
    /// The source ended before its end, and again when asked for the rest.
    #[error("cut short")]
    CutShort,
    /// The name does not resolve, nobody listens there, TLS fails, or the server fails (5xx).
    #[error("unreachable")]
    Unreachable,
    /// Words were given and no search is enabled here.
    #[error("search is not enabled here; give a link")]
    SearchOff,
    /// The link is a page of a site, and sites are not enabled here.
    #[error("sites are not enabled here")]
    SitesOff,
    /// The tool that reads sites failed or took too long.
    #[error("the site could not be read")]
    SiteFailed,
    /// Our own storage failed.
    #[error("storage failed")]
    Storage,
    /// Our own fault.
    #[error("internal")]
    Internal,
}

impl PlayError {
    /// Every kind; for the tests of the words.
    pub const ALL: [Self; 16] = [
        Self::NotFound,
        Self::Forbidden,
        Self::TooLarge,
        Self::TooLong,
        Self::NotAudio,
        Self::Unsupported,
        Self::AddressNotAllowed,
        Self::Redirect,
        Self::TooSlow,
        Self::CutShort,
        Self::Unreachable,
        Self::SearchOff,
        Self::SitesOff,
        Self::SiteFailed,
        Self::Storage,
        Self::Internal,
    ];

    /// The id of its sentence in `bot.ftl`; also its code in the log.
    pub const fn words_key(self) -> &'static str {
        match self {
            Self::NotFound => "source-not-found",
            Self::Forbidden => "source-forbidden",
            Self::TooLarge => "source-too-large",
            Self::TooLong => "source-too-long",
            Self::NotAudio => "source-not-audio",
            Self::Unsupported => "source-unsupported",
            Self::AddressNotAllowed => "source-address",
            Self::Redirect => "source-redirect",
            Self::TooSlow => "source-too-slow",
            Self::CutShort => "source-cut-short",
            Self::Unreachable => "source-unreachable",
            Self::SearchOff => "source-search-off",
            Self::SitesOff => "source-sites-off",
            Self::SiteFailed => "source-site-failed",
            Self::Storage => "source-storage",
            Self::Internal => "source-internal",
        }
    }

    /// Whether asking the source once more may help.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::TooSlow | Self::CutShort | Self::Unreachable)
    }
}

/// So that it travels through `std::io::Read`, which is what decoders read from.
impl From<PlayError> for std::io::Error {
    fn from(error: PlayError) -> Self {
        Self::other(error)
    }
}

/// The failure that an I/O error carries; any other one means that the bytes ended where they should not.
impl From<std::io::Error> for PlayError {
    fn from(error: std::io::Error) -> Self {
        let carried = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        carried.copied().unwrap_or(Self::CutShort)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io;

    use super::*;

    #[test]
    fn every_kind_has_a_sentence_of_its_own() {
        let keys: BTreeSet<_> = PlayError::ALL.map(PlayError::words_key).into();
        assert_eq!(keys.len(), PlayError::ALL.len());
        assert!(keys.iter().all(|key| key.starts_with("source-")));
    }

    #[test]
    fn a_failure_survives_the_way_through_a_reader() {
        for error in PlayError::ALL {
            assert_eq!(PlayError::from(io::Error::from(error)), error);
        }
        assert_eq!(PlayError::from(io::Error::from(io::ErrorKind::UnexpectedEof)), PlayError::CutShort);
    }
}
