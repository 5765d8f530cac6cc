//! `timmy send`: signs an interaction like Discord, posts it to the local stack and shows the answer as a person
//! would read it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::compose::{self, Sender};
use super::draw::{Button, Drawing, draw};
use super::reply::{Reply, is_deferral};
use super::session::{Session, Users};
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
    /// From another guild than the stack's own, by id; `dm` is a direct message.
    #[arg(long)]
    guild: Option<String>,
    /// Discord's locale of the sender.
    #[arg(long, default_value = "en-US")]
    locale: String,
    /// Print the raw JSON of the answer.
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
    /// Discord's moderator permissions, no Manage Server.
    Moderator,
    /// Has Manage Server.
    Owner,
    /// Runs this deployment.
    Operator,
    /// Runs it too.
    SecondOperator,
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
        }
    }

    /// Discord's permission bits, decimal.
    const fn permissions(self) -> &'static str {
        match self {
            Self::Moderator => "1071698669121",
            Self::Owner => "1071698660961",
            Self::Member | Self::Operator | Self::SecondOperator => "1071698660929",
        }
    }
}

impl Send {
    /// Sends it and returns what to print.
    pub(crate) async fn run(&self, now: Timestamp, noise: u64) -> Result<String> {
        let session = Session::load(&self.data)?;
        let (kind, data) = self.compose()?;
        let interaction = compose::interaction(kind, &data, &self.sender(&session), snowflake(now, noise));
        let reply = Reply::expect(&session, &interaction).await?;
        let body = serde_json::to_vec(&interaction)?;
        let (status, answer) = post(&session, &body, now).await?;
        if status != 200 {
            bail!("the bot answered {status}: {answer}");
        }
        let mut answer: Value = serde_json::from_str(&answer).context("the bot's answer is not JSON")?;
        reply.answered(&answer).await?;
        if is_deferral(&answer) {
            say::line(draw(&answer).text.trim_end());
            answer = json!({ "type": 4, "data": reply.wait().await? });
        }
        let drawing = draw(&answer);
        self.remember(&drawing)?;
        Ok(if self.json {
            serde_json::to_string_pretty(&answer)?
        } else {
            session.users.name_in(&drawing.text)
        })
    }

    fn compose(&self) -> Result<(u8, Value)> {
        if let [verb, number] = self.words.as_slice()
            && verb == "press"
        {
            return Ok((3, compose::press(&self.button(number)?.custom_id)));
        }
        Ok((2, compose::command(&shared::discord::commands::registration()?, &self.words)?))
    }

    fn sender(&self, session: &Session) -> Sender {
        let guild_id = match self.guild.as_deref() {
            Some("dm") => None,
            Some(other) => Some(other.to_owned()),
            None => Some(session.guild_id.clone()),
        };
        Sender {
            application_id: session.application_id.clone(),
            guild_id,
            channel_id: session.channel_id.clone(),
            user_id: self.person.of(&session.users).to_owned(),
            permissions: self.person.permissions().to_owned(),
            locale: self.locale.clone(),
        }
    }

    fn remember(&self, drawing: &Drawing) -> Result<()> {
        let ids: Vec<_> = drawing.buttons.iter().map(|button| (&button.label, &button.custom_id)).collect();
        let path = buttons_file(&self.data);
        fs::write(&path, serde_json::to_vec(&ids)?).with_context(|| format!("writing {}", path.display()))
    }

    fn button(&self, number: &str) -> Result<Button> {
        let text = fs::read(buttons_file(&self.data)).context("there is no answer with buttons yet")?;
        let buttons: Vec<(String, String)> = serde_json::from_slice(&text)?;
        let at: usize =
            number.parse().with_context(|| format!("press takes a button's number, not {number:?}"))?;
        let found = at.checked_sub(1).and_then(|at| buttons.into_iter().nth(at));
        let (label, custom_id) = found.with_context(|| format!("the last answer has no button {at}"))?;
        Ok(Button { label, custom_id })
    }
}

fn buttons_file(data: &Path) -> PathBuf {
    data.join("last-buttons.json")
}

/// An id as Discord makes them: milliseconds since 2015 in the upper 42 bits.
fn snowflake(now: Timestamp, noise: u64) -> u64 {
    let since_2015 = now.as_millisecond().saturating_sub(1_420_070_400_000).unsigned_abs();
    (since_2015 << 22) | (noise & 0x3F_FFFF)
}

async fn post(session: &Session, body: &[u8], now: Timestamp) -> Result<(u16, String)> {
    let at = now.as_second();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let request = client
        .post(&session.discord)
        .header("content-type", "application/json")
        .header("x-signature-timestamp", at.to_string())
        .header("x-signature-ed25519", session.key()?.sign(at, body))
        .body(body.to_vec());
    let response =
        request.send().await.context("the local stack does not answer: is ./timmy up still running?")?;
    Ok((response.status().as_u16(), response.text().await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_snowflakes_of_their_time() {
        let now = Timestamp::from_second(1_767_355_200).unwrap();
        let id = snowflake(now, u64::MAX);
        assert_eq!((id >> 22) + 1_420_070_400_000, 1_767_355_200_000);
        assert_ne!(snowflake(now, 1), snowflake(now, 2));
    }

    #[test]
    fn only_the_owner_has_manage_server() {
        let bits = |text: &str| text.parse::<u64>().unwrap() & 0x28;
        let people = [Person::Member, Person::Moderator, Person::Owner, Person::Operator];
        assert_eq!(people.map(|person| bits(person.permissions())), [0, 0, 0x20, 0]);
    }
}
