//! The six languages, and which of them a person gets (SPEC P16).

/// A language that the bot speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English; the original of every text.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish, also for Latin America.
    Spanish,
    /// Portuguese as in Brazil.
    Portuguese,
    /// Japanese.
    Japanese,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 6] =
        [Self::English, Self::German, Self::French, Self::Spanish, Self::Portuguese, Self::Japanese];

    /// The language for one of Discord's locale codes; regional variants share one.
    pub fn of(code: &str) -> Option<Self> {
        match code.split('-').next()? {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            "fr" => Some(Self::French),
            "es" => Some(Self::Spanish),
            "pt" => Some(Self::Portuguese),
            "ja" => Some(Self::Japanese),
            _ => None,
        }
    }

    /// The user's language, else the guild's, else English.
    pub fn choose(user: Option<&str>, guild: Option<&str>) -> Self {
        user.and_then(Self::of).or_else(|| guild.and_then(Self::of)).unwrap_or_default()
    }

    /// The folder under `locales/`, which is also Discord's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en-US",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es-ES",
            Self::Portuguese => "pt-BR",
            Self::Japanese => "ja",
        }
    }

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Portuguese => "Português",
            Self::Japanese => "日本語",
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discords_locales_find_their_language() {
        for (code, locale) in [
            ("en-GB", Some(Locale::English)),
            ("es-419", Some(Locale::Spanish)),
            ("pt-BR", Some(Locale::Portuguese)),
            ("de", Some(Locale::German)),
            ("zh-CN", None),
            ("", None),
            ("eng", None),
        ] {
            assert_eq!(Locale::of(code), locale, "{code}");
        }
        for locale in Locale::ALL {
            assert_eq!(Locale::of(locale.code()), Some(locale));
            assert_eq!(Locale::ALL[locale.index()], locale);
        }
    }

    #[test]
    fn the_user_comes_first_then_the_guild_then_english() {
        assert_eq!(Locale::choose(Some("fr"), Some("de")), Locale::French);
        assert_eq!(Locale::choose(Some("ko"), Some("ja")), Locale::Japanese);
        assert_eq!(Locale::choose(None, Some("ja")), Locale::Japanese);
        assert_eq!(Locale::choose(Some("ko"), Some("zh-TW")), Locale::English);
    }
}
