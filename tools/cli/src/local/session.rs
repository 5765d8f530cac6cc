//! What `timmy up` leaves in its data folder, so that the other commands find it; and what they remember.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use aws_config::SdkConfig;
use serde::{Deserialize, Serialize};

/// A running local stack. With `--json`, `timmy up` prints exactly this on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Where interactions are posted.
    pub(crate) discord: String,
    /// Where browsers reach the pages for linking.
    pub(crate) public: String,
    /// The endpoint of all AWS services, for `AWS_ENDPOINT_URL`.
    pub(crate) aws_endpoint: String,
    /// The seed of the stack's own test key, 64 hex digits: whoever has it can sign for this stack, and only for it.
    pub(crate) test_signing_key: String,
    /// The application.
    pub(crate) application_id: String,
    /// The approved guild.
    pub(crate) guild_id: String,
    /// A text channel in it.
    pub(crate) channel_id: String,
    /// A voice channel in it; the member sits there.
    pub(crate) voice_channel_id: String,
    /// Discord's own controls: who joins what, who hears what, what goes wrong.
    pub(crate) simulator: String,
    /// The page to play with the bot on.
    pub(crate) page: String,
    /// Where the music folder is served, for `/play`.
    pub(crate) music: String,
    /// The people in it.
    pub(crate) users: Users,
    /// The process, to end it by id.
    pub(crate) pid: u32,
}

/// Discord user ids of the people on the local stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Users {
    /// A member without rights.
    pub(crate) member: String,
    /// Has a moderator's permissions in Discord, no Manage Server.
    pub(crate) moderator: String,
    /// Has Manage Server.
    pub(crate) owner: String,
    /// Runs this deployment.
    pub(crate) operator: String,
    /// Runs it too: a lockdown is lifted by two.
    pub(crate) second_operator: String,
    /// Owns a guild that is not approved.
    pub(crate) stranger: String,
}

/// Which AWS is meant: while a local stack runs over this data folder its own, else the account that the environment names.
pub(crate) fn sdk(data: &Path) -> SdkConfig {
    match Session::load(data) {
        Ok(session) => testkit::sdk_config(&session.aws_endpoint),
        Err(_) => shared::aws::sdk_config(),
    }
}

impl Default for Users {
    fn default() -> Self {
        Self {
            member: "53908232506183680".to_owned(),
            moderator: "248294452307689473".to_owned(),
            owner: "80351110224678912".to_owned(),
            operator: "155149108183695360".to_owned(),
            second_operator: "155149108183695361".to_owned(),
            stranger: "100949108183695360".to_owned(),
        }
    }
}

impl Users {
    /// A text with people's names where Discord shows names.
    pub(crate) fn name_in(&self, text: &str) -> String {
        let people = [
            (&self.member, "member"),
            (&self.moderator, "moderator"),
            (&self.owner, "owner"),
            (&self.operator, "operator"),
            (&self.second_operator, "second operator"),
            (&self.stranger, "stranger"),
        ];
        let name = |text: String, (id, name): (&String, &str)| {
            text.replace(&format!("<@{id}>"), &format!("@{name}"))
        };
        people.into_iter().fold(text.to_owned(), name)
    }
}

impl Session {
    /// Writes it for the other commands.
    pub(crate) fn save(&self, data: &Path) -> Result<()> {
        let path = file(data);
        fs::write(&path, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("writing {}", path.display()))
    }

    /// Finds the running stack, or says how to start one.
    pub(crate) fn load(data: &Path) -> Result<Self> {
        let path = file(data);
        let text = fs::read(&path).context("no local stack is running: start one with ./timmy up")?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{} is not what timmy up writes", path.display()))
    }

    /// Takes the file away at the end.
    pub(crate) fn remove(data: &Path) {
        // Already gone is as good.
        let _ = fs::remove_file(file(data));
    }
}

fn file(data: &Path) -> PathBuf {
    data.join("session.json")
}

/// The stack's signing seed: made once for each data folder, readable by its owner only.
pub(crate) fn signing_seed(data: &Path, fresh: [u8; 32]) -> Result<[u8; 32]> {
    let path = data.join("test-signing-key");
    if let Ok(text) = fs::read_to_string(&path) {
        let seed = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        return seed.with_context(|| format!("{} is damaged: remove it", path.display()));
    }
    write_private(&path, &hex::encode(fresh)).with_context(|| format!("writing {}", path.display()))?;
    Ok(fresh)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            discord: "http://127.0.0.1:8787/discord".to_owned(),
            public: "http://127.0.0.1:8787".to_owned(),
            aws_endpoint: "http://127.0.0.1:1".to_owned(),
            test_signing_key: hex::encode([7; 32]),
            application_id: "1".to_owned(),
            guild_id: "2".to_owned(),
            channel_id: "3".to_owned(),
            voice_channel_id: "4".to_owned(),
            simulator: "http://127.0.0.1:2/sim".to_owned(),
            page: "http://127.0.0.1:2/".to_owned(),
            music: "http://music.example.org:8787/music".to_owned(),
            users: Users::default(),
            pid: 1,
        }
    }

    #[test]
    fn a_session_is_found_again_until_it_ends() {
        let data = tempfile::tempdir().unwrap();
        assert!(Session::load(data.path()).unwrap_err().to_string().contains("./timmy up"));
        session().save(data.path()).unwrap();
        assert_eq!(Session::load(data.path()).unwrap(), session());
        Session::remove(data.path());
        assert!(Session::load(data.path()).is_err());
    }

    #[test]
    fn people_have_names_and_strangers_keep_their_numbers() {
        let users = Users::default();
        let text = format!("for <@{}>, not <@1>", users.second_operator);
        assert_eq!(users.name_in(&text), "for @second operator, not <@1>");
    }

    #[test]
    fn the_seed_is_made_once_and_kept_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().unwrap();
        assert_eq!(signing_seed(data.path(), [1; 32]).unwrap(), [1; 32]);
        assert_eq!(signing_seed(data.path(), [2; 32]).unwrap(), [1; 32]);
        let mode = fs::metadata(data.path().join("test-signing-key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
