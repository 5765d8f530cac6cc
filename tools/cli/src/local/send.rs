//! `timmy send`: uses the bot of the local stack as a person in Discord does, and shows the answer as they would read it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::draw::{Drawing, draw};
use super::reply::Discord;
use super::session::{Session, Users};
use super::{attached, compose};
use crate::say;

/// What to send, and as whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// A slash command and its options, as `play "some song"` or `settings limits tracks=500`; or `press N` for the
    /// N-th button of the last answer.
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Who sends it.
    #[arg(long = "as", value_enum, default_value_t = Person::Member)]
    person: Person,
    /// In a direct message to the bot.
    #[arg(long)]
    dm: bool,
    /// Discord's locale of the sender.
    #[arg(long, default_value = "en-US")]
    locale: String,
    /// Print the answer as Discord's JSON.
    #[arg(long)]
    json: bool,
    /// The data folder of the stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

/// The people of the local stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Person {
    /// No rights but a member's.
    Member,
    /// May manage messages, not the server.
    Moderator,
    /// Has Manage Server.
    Owner,
    /// Runs this deployment.
    Operator,
    /// Runs it too.
    SecondOperator,
    /// Owns a server that was not approved.
    Stranger,
}

impl Person {
    /// Their user id.
    pub(crate) fn of(self, users: &Users) -> &str {
        match self {
            Self::Member => &users.member,
            Self::Moderator => &users.moderator,
            Self::Owner => &users.owner,
            Self::Operator => &users.operator,
            Self::SecondOperator => &users.second_operator,
            Self::Stranger => &users.stranger,
        }
    }
}

/// Where somebody is: themselves, their guild unless it is a direct message, and the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    user: String,
    guild: Option<String>,
    channel: String,
}

impl Place {
    /// The first text channel of their guild, or their conversation with the bot.
    pub(crate) fn of(state: &Value, user: &str, dm: bool) -> Result<Self> {
        let people = state["people"].as_array().into_iter().flatten();
        let person = people.into_iter().find(|person| person["id"] == user);
        let person = person.context("the local stack does not know them")?;
        let text =
            |value: &Value| value.as_str().map(str::to_owned).context("the local stack is another one");
        let user = user.to_owned();
        if dm {
            return Ok(Self { user, guild: None, channel: text(&person["dm"])? });
        }
        let guild = text(&person["guilds"][0])?;
        let guilds = state["guilds"].as_array().into_iter().flatten();
        let channels =
            guilds.filter(|one| one["id"] == guild.as_str()).filter_map(|one| one["channels"].as_array());
        let channel = channels.flatten().find(|channel| channel["kind"] == "text");
        let channel = text(&channel.context("their guild has no text channel")?["id"])?;
        Ok(Self { user, guild: Some(guild), channel })
    }

    /// What they do there.
    pub(crate) fn does(&self, kind: &str, locale: &str, what: Value) -> Value {
        let mut used = json!({
            "as": self.user, "guild": self.guild, "channel": self.channel, "locale": locale, "kind": kind,
        });
        if let (Some(used), Value::Object(what)) = (used.as_object_mut(), what) {
            used.extend(what);
        }
        used
    }

    /// Who it is.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// The channel.
    pub(crate) fn channel(&self) -> &str {
        &self.channel
    }

    /// The messages that they see, oldest first.
    pub(crate) async fn messages(&self, discord: &Discord) -> Result<Vec<Value>> {
        let seen = discord.get(&format!("channels/{}/messages?as={}", self.channel, self.user)).await?;
        Ok(seen.as_array().cloned().unwrap_or_default())
    }
}

impl Send {
    /// Sends it and returns what to print.
    pub(crate) async fn run(&self) -> Result<String> {
        let session = Session::load(&self.data)?;
        let discord = Discord::of(&session)?;
        let state = discord.get("state").await?;
        let place = Place::of(&state, self.person.of(&session.users), self.dm)?;
        let message = match self.words.as_slice() {
            [verb, number] if verb == "press" => self.press(&discord, &place, number).await?,
            words => self.command(&discord, &place, words).await?,
        };
        let mut drawing = draw(&json!({ "type": 4, "data": message }));
        self.remember(&message, &drawing)?;
        for path in attached::keep(&message, &discord, &session.page, &self.data).await? {
            // Writing to a String cannot fail.
            let _ = writeln!(drawing.text, "(attached: {})", path.display());
        }
        Ok(if self.json {
            serde_json::to_string_pretty(&message)?
        } else {
            session.users.name_in(&drawing.text)
        })
    }

    async fn command(&self, discord: &Discord, place: &Place, words: &[String]) -> Result<Value> {
        let command = compose::command(&shared::discord::commands::registration()?, words)?;
        let outcome = discord.post("use", &place.does("command", &self.locale, command)).await?;
        answered(&outcome)?;
        if outcome["outcome"] == "deferred" {
            say::line(draw(&json!({ "type": 5 })).text.trim_end());
        }
        discord.settled(&outcome, None).await
    }

    async fn press(&self, discord: &Discord, place: &Place, number: &str) -> Result<Value> {
        let pressed = self.button(number)?;
        let seen = place.messages(discord).await?;
        let before = seen.into_iter().find(|message| message["id"] == pressed.message.as_str());
        let before = before.context("the last answer is gone")?;
        let what = json!({ "message": pressed.message, "custom_id": pressed.custom_id });
        let outcome = discord.post("use", &place.does("component", &self.locale, what)).await?;
        answered(&outcome)?;
        let before = (outcome["outcome"] == "update").then_some(&before);
        discord.settled(&outcome, before).await
    }

    fn remember(&self, message: &Value, drawing: &Drawing) -> Result<()> {
        let id = message["id"].as_str().unwrap_or_default();
        let buttons = drawing.buttons.iter().map(|button| (id, &button.custom_id));
        let path = buttons_file(&self.data);
        let text = serde_json::to_vec(&buttons.collect::<Vec<_>>())?;
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }

    fn button(&self, number: &str) -> Result<Pressed> {
        let text = fs::read(buttons_file(&self.data)).context("there is no answer with buttons yet")?;
        let buttons: Vec<(String, String)> = serde_json::from_slice(&text)?;
        let at: usize =
            number.parse().with_context(|| format!("press takes a button's number, not {number:?}"))?;
        let found = at.checked_sub(1).and_then(|at| buttons.into_iter().nth(at));
        let (message, custom_id) = found.with_context(|| format!("the last answer has no button {at}"))?;
        Ok(Pressed { message, custom_id })
    }
}

/// A button of the last answer.
struct Pressed {
    message: String,
    custom_id: String,
}

/// What Discord shows when a bot fails is an error here, with the reason.
pub(crate) fn answered(outcome: &Value) -> Result<()> {
    match outcome["outcome"].as_str() {
        Some("failed") => {
            let why = outcome["error"].as_str().unwrap_or("nobody knows why");
            bail!("the application did not respond: {why}");
        }
        Some("modal") => bail!("the bot asks for more: fill its form in on the page"),
        _ => Ok(()),
    }
}

fn buttons_file(data: &Path) -> PathBuf {
    data.join("last-buttons.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Value {
        json!({
            "people": [{ "id": "1", "guilds": ["10"], "dm": "1001" }, { "id": "2", "guilds": ["99"], "dm": "1002" }],
            "guilds": [{ "id": "10", "channels": [{ "id": "12", "kind": "voice" }, { "id": "11", "kind": "text" }] }],
        })
    }

    #[test]
    fn one_is_in_the_first_text_channel_or_alone_with_the_bot() {
        let place = Place::of(&state(), "1", false).unwrap();
        let used = place.does("command", "de", json!({ "name": "queue" }));
        assert_eq!(
            (&used["guild"], &used["channel"], &used["name"]),
            (&json!("10"), &json!("11"), &json!("queue"))
        );
        let alone = Place::of(&state(), "1", true).unwrap().does("command", "de", json!({}));
        assert_eq!((&alone["guild"], &alone["channel"]), (&Value::Null, &json!("1001")));
        assert!(Place::of(&state(), "2", false).is_err() && Place::of(&state(), "3", false).is_err());
    }

    #[test]
    fn a_bot_that_fails_is_an_error_with_its_reason() {
        let failed = answered(&json!({ "outcome": "failed", "error": "no answer within 3 s" })).unwrap_err();
        assert!(failed.to_string().contains("no answer within 3 s"));
        assert!(answered(&json!({ "outcome": "modal" })).is_err());
        assert!(answered(&json!({ "outcome": "message" })).is_ok());
    }
}
