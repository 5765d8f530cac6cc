//! Each credential of a deployment: what it is called, where it lies, and how it is made new.

use anyhow::Result;
use serde_json::json;

/// A credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Credential {
    /// The key of the pseudonyms in logs.
    LogKey,
    /// The key that signs buttons.
    CustomIdKey,
    /// The key that signs the API's access tokens.
    JwtKeys,
    /// What the voice worker logs in to Discord with.
    BotToken,
    /// Our application at Discord, for linking.
    Discord,
    /// Our application at Slack.
    Slack,
    /// Our application at Spotify.
    Spotify,
    /// Our application at Twitch.
    Twitch,
    /// Our application at Google, for `YouTube`.
    Youtube,
}

/// How it is made new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By Secrets Manager and the token-rotation function.
    Automatic,
    /// By people, in these steps.
    ByHand(&'static [&'static str]),
}

impl Credential {
    /// All of them, in the order in which they are listed.
    pub(crate) const ALL: [Self; 9] = [
        Self::LogKey,
        Self::CustomIdKey,
        Self::JwtKeys,
        Self::BotToken,
        Self::Discord,
        Self::Slack,
        Self::Spotify,
        Self::Twitch,
        Self::Youtube,
    ];

    /// Its name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LogKey => "log-key",
            Self::CustomIdKey => "custom-id-key",
            Self::JwtKeys => "jwt-keys",
            Self::BotToken => "bot-token",
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Spotify => "spotify",
            Self::Twitch => "twitch",
            Self::Youtube => "youtube",
        }
    }

    /// The secret that holds it.
    pub(crate) fn secret(self, prefix: &str) -> String {
        match self {
            Self::LogKey | Self::CustomIdKey | Self::JwtKeys | Self::BotToken => {
                format!("{prefix}/{}", self.name())
            }
            service => format!("{prefix}/oauth-clients/{}", service.name()),
        }
    }

    /// How it is made new.
    pub(crate) const fn way(self) -> Way {
        match self {
            Self::LogKey | Self::CustomIdKey | Self::JwtKeys => Way::Automatic,
            Self::BotToken => Way::ByHand(&[
                "1. Open https://discord.com/developers/applications, your application, then \"Bot\".",
                "2. Choose \"Reset Token\". From that moment the old token is dead, and music stops until the new one is stored.",
                "3. Copy the new token and enter it here. It is not shown anywhere and not kept in your shell's history.",
            ]),
            Self::Discord => Way::ByHand(&[
                "1. Open https://discord.com/developers/applications, your application, then \"OAuth2\".",
                "2. Choose \"Reset Secret\". Linked accounts cannot be renewed until the new one is stored.",
                "3. Enter the client id, then the new client secret.",
            ]),
            Self::Slack => Way::ByHand(&[
                "1. Open https://api.slack.com/apps, your app, then \"Basic Information\", \"App Credentials\".",
                "2. Choose \"Regenerate\" beside \"Client Secret\".",
                "3. Enter the client id, then the new client secret.",
            ]),
            Self::Spotify => Way::ByHand(&[
                "1. Open https://developer.spotify.com/dashboard, your app, then \"Settings\".",
                "2. Choose \"Rotate client secret\".",
                "3. Enter the client id, then the new client secret.",
            ]),
            Self::Twitch => Way::ByHand(&[
                "1. Open https://dev.twitch.tv/console/apps and choose \"Manage\" beside your application.",
                "2. Choose \"New Secret\". The old one is dead from that moment.",
                "3. Enter the client id, then the new client secret.",
            ]),
            Self::Youtube => Way::ByHand(&[
                "1. Open https://console.cloud.google.com/auth/clients and choose your client.",
                "2. Choose \"Add secret\". Google keeps the old one alive until you disable it: do that when the new one works.",
                "3. Enter the client id, then the new client secret.",
            ]),
        }
    }

    /// Asks for its parts, and puts them together as the bot reads them.
    pub(crate) fn value(self, read: &mut impl FnMut(&str) -> Result<String>) -> Result<String> {
        match self {
            Self::LogKey | Self::CustomIdKey | Self::JwtKeys | Self::BotToken => read("The new value:"),
            _ => {
                let id = read("The client id:")?;
                let secret = read("The client secret:")?;
                Ok(json!({ "client_id": id, "client_secret": secret }).to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use shared::domain::accounts::Provider;

    use super::*;

    #[test]
    fn names_are_those_of_the_command_line_and_all_are_listed() {
        for value in Credential::value_variants() {
            assert_eq!(value.to_possible_value().unwrap().get_name(), value.name());
            assert!(Credential::ALL.contains(value));
        }
    }

    #[test]
    fn every_service_that_can_be_linked_has_a_guide() {
        for provider in Provider::ALL {
            let found = Credential::ALL.into_iter().find(|one| one.name() == provider.code()).unwrap();
            assert_eq!(found.secret("/x"), format!("/x/oauth-clients/{provider}"));
            assert!(matches!(found.way(), Way::ByHand(steps) if steps.len() == 3));
        }
        assert_eq!(Credential::BotToken.secret("/timmybot"), "/timmybot/bot-token");
    }

    #[test]
    fn a_client_is_stored_as_the_functions_read_it() {
        let mut parts = ["an id", "a \"secret\""].into_iter();
        let value = Credential::Spotify.value(&mut |_| Ok(parts.next().unwrap().to_owned())).unwrap();
        assert_eq!(value, r#"{"client_id":"an id","client_secret":"a \"secret\""}"#);
        assert_eq!(Credential::BotToken.value(&mut |_| Ok("token".to_owned())).unwrap(), "token");
    }
}
