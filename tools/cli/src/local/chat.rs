//! `timmy chat`: Discord in a terminal. Commands are completed as they are typed, cards are drawn in text, and what
//! changes is shown at once.

mod complete;
mod live;
mod screen;
mod words;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{CompletionType, Config, Editor};
use serde_json::json;
use tokio::runtime::Handle;

use self::complete::Helper;
use self::screen::Screen;
use self::words::{Line, parse};
use super::compose;
use super::reply::Discord;
use super::send::{Person, Place};
use super::session::Session;
use crate::say;

/// Who talks, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Chat {
    /// Who you are at first.
    #[arg(long = "as", value_enum, default_value_t = Person::Member)]
    person: Person,
    /// Your locale in Discord.
    #[arg(long, default_value = "en-US")]
    locale: String,
    /// The data folder of the stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

const WELCOME: &str = "\
Type a command, as /play or /help; Tab completes it. Anything else is said aloud.
  press 2          the second button of the last card      as operator    be somebody else
  join, leave      the voice channel                       quit           the end
";

/// Somebody at a terminal.
struct Talk {
    discord: Discord,
    session: Session,
    place: Place,
    locale: String,
    screen: Arc<Mutex<Screen>>,
}

impl Chat {
    /// Talks until the end of the input.
    pub(crate) fn run(&self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut talk = runtime.block_on(self.begin())?;
        say::line(WELCOME);
        let config = Config::builder().completion_type(CompletionType::List).build();
        let mut editor: Editor<Helper, DefaultHistory> = Editor::with_config(config)?;
        editor.set_helper(Some(Helper::new(&talk, runtime.handle().clone())?));
        // Without a terminal there is none; then what comes is printed as it comes.
        screen::print_with(&talk.screen, editor.create_external_printer().ok());
        let listening = runtime.spawn(live::listen(talk.discord.clone(), Arc::clone(&talk.screen)));
        let ended = talk.until_the_end(&mut editor, runtime.handle());
        listening.abort();
        ended
    }

    async fn begin(&self) -> Result<Talk> {
        let session = Session::load(&self.data)?;
        let discord = Discord::of(&session)?;
        let state = discord.get("state").await?;
        let place = Place::of(&state, self.person.of(&session.users), false)?;
        let screen = Screen::new(session.users.clone(), place.clone());
        Ok(Talk {
            discord,
            session,
            place,
            locale: self.locale.clone(),
            screen: Arc::new(Mutex::new(screen)),
        })
    }
}

impl Talk {
    fn until_the_end(&mut self, editor: &mut Editor<Helper, DefaultHistory>, runtime: &Handle) -> Result<()> {
        loop {
            let line = match editor.readline(&format!("{} ▸ ", self.name())) {
                Ok(line) => line,
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(()),
                Err(error) => return Err(error).context("reading what you type"),
            };
            let _ = editor.add_history_entry(&line);
            let done = match parse(&line) {
                Ok(Line::Quit) => return Ok(()),
                Ok(Line::Become(person)) => runtime.block_on(self.become_person(person)),
                Ok(line) => runtime.block_on(self.act(line)),
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                screen::print(&self.screen, &format!("! {error:#}"));
            }
            if let Some(helper) = editor.helper_mut() {
                helper.stands_at(self.place.clone());
            }
        }
    }

    fn name(&self) -> String {
        self.session.users.name_in(&format!("<@{}>", self.place.user())).trim_start_matches('@').to_owned()
    }

    async fn become_person(&mut self, person: Person) -> Result<()> {
        let state = self.discord.get("state").await?;
        self.place = Place::of(&state, person.of(&self.session.users), false)?;
        screen::stands_at(&self.screen, self.place.clone());
        Ok(())
    }

    async fn act(&self, line: Line) -> Result<()> {
        let discord = &self.discord;
        match line {
            Line::Nothing | Line::Quit | Line::Become(_) => {}
            Line::Command(words) => {
                let command = compose::command(&shared::discord::commands::registration()?, &words)?;
                self.use_bot("command", command).await?;
            }
            Line::Press(number) => {
                let pressed = screen::button(&self.screen, number);
                let (message, custom_id) = pressed.with_context(|| format!("there is no button {number}"))?;
                self.use_bot("component", json!({ "message": message, "custom_id": custom_id })).await?;
            }
            Line::Say(text) => {
                let said =
                    json!({ "as": self.place.user(), "channel": self.place.channel(), "content": text });
                discord.post("say", &said).await?;
            }
            Line::Join => {
                let joined = json!({ "user": self.place.user(), "channel": self.session.voice_channel_id });
                discord.post("join", &joined).await?;
                screen::print(
                    &self.screen,
                    "you are in the voice channel; ./timmy listen --play lets you hear it",
                );
            }
            Line::Leave => {
                let left = json!({ "user": self.place.user(), "guild": self.session.guild_id });
                discord.post("leave", &left).await?;
                screen::print(&self.screen, "you have left the voice channel");
            }
        }
        Ok(())
    }

    /// The answer comes by itself, as it does to everybody who sees it.
    async fn use_bot(&self, kind: &str, what: serde_json::Value) -> Result<()> {
        let outcome = self.discord.post("use", &self.place.does(kind, &self.locale, what)).await?;
        super::send::answered(&outcome)
    }
}
