//! What Tab offers: commands, subcommands, options, choices, and what the bot suggests for the option that is typed.

use anyhow::Result;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper as EditorHelper};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use twilight_model::application::command::{
    Command, CommandOption, CommandOptionChoiceValue, CommandOptionType, CommandType,
};

use super::Talk;
use super::words::split;
use crate::local::reply::Discord;
use crate::local::send::Place;

/// Completes what is typed.
pub(super) struct Helper {
    commands: Vec<Command>,
    discord: Discord,
    place: Place,
    locale: String,
    runtime: Handle,
}

/// What is typed at the end of the line.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    /// These are all that fit.
    Offers(Vec<String>),
    /// The bot is asked: a command as far as it is typed, the option in focus, and what is before its value.
    Bot { command: Value, before: String },
}

impl Helper {
    pub(super) fn new(talk: &Talk, runtime: Handle) -> Result<Self> {
        Ok(Self {
            commands: shared::discord::commands::registration()?,
            discord: talk.discord.clone(),
            place: talk.place.clone(),
            locale: talk.locale.clone(),
            runtime,
        })
    }

    pub(super) fn stands_at(&mut self, place: Place) {
        self.place = place;
    }

    fn ask_bot(&self, command: Value, before: &str) -> Vec<String> {
        let used = self.place.does("autocomplete", &self.locale, command);
        // Whoever types is not told why there is nothing to choose from.
        let outcome = self.runtime.block_on(self.discord.post("use", &used)).unwrap_or_default();
        let choices = outcome["choices"].as_array().into_iter().flatten();
        choices
            .filter_map(|choice| choice["value"].as_str())
            .map(|value| format!("{before}{}", quoted(value)))
            .collect()
    }
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = line.get(..position).unwrap_or(line);
        let Some(command) = typed.strip_prefix('/') else { return Ok((position, vec![])) };
        let start = position - last_word(command).len();
        let offers = match asked(&self.commands, command) {
            Asked::Offers(offers) => offers,
            Asked::Bot { command, before } => self.ask_bot(command, &before),
        };
        let pair = |offer: String| Pair { display: offer.clone(), replacement: offer };
        Ok((start, offers.into_iter().map(pair).collect()))
    }
}

impl Highlighter for Helper {}
impl Validator for Helper {}
impl Hinter for Helper {
    type Hint = String;
}
impl EditorHelper for Helper {}

/// What is typed of the last word; a quotation mark that is open belongs to it.
fn last_word(text: &str) -> &str {
    let mut open = false;
    let start = text.char_indices().fold(0, |start, (at, c)| {
        open ^= c == '"';
        if c == ' ' && !open { at + 1 } else { start }
    });
    text.get(start..).unwrap_or_default()
}

fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

fn asked(commands: &[Command], text: &str) -> Asked {
    let typed = last_word(text);
    let whole = text.strip_suffix(typed).and_then(|before| split(before).ok()).unwrap_or_default();
    let fitting = |names: Vec<String>| {
        Asked::Offers(names.into_iter().filter(|name| name.starts_with(typed)).collect())
    };
    let Some((name, rest)) = whole.split_first() else {
        let slash = commands.iter().filter(|command| command.kind == CommandType::ChatInput);
        return fitting(slash.map(|command| command.name.clone()).collect());
    };
    let Some(command) = commands.iter().find(|command| command.name == *name) else {
        return Asked::Offers(vec![]);
    };
    let (mut options, mut path, mut rest) = (command.options.as_slice(), vec![], rest);
    while options.first().is_some_and(is_sub) {
        let Some((chosen, after)) = rest.split_first() else {
            return fitting(options.iter().map(|option| option.name.clone()).collect());
        };
        let Some(found) = options.iter().find(|option| option.name == *chosen) else {
            return Asked::Offers(vec![]);
        };
        path.push(found);
        (options, rest) = (found.options.as_deref().unwrap_or_default(), after);
    }
    of_option(command, &path, options, rest, typed)
}

fn is_sub(option: &CommandOption) -> bool {
    matches!(option.kind, CommandOptionType::SubCommand | CommandOptionType::SubCommandGroup)
}

/// Values of the option that is typed; names of those that are left, too, unless one has been named.
fn of_option(
    command: &Command,
    path: &[&CommandOption],
    options: &[CommandOption],
    given: &[String],
    typed: &str,
) -> Asked {
    let is_given =
        |option: &&CommandOption| given.iter().any(|word| word.starts_with(&format!("{}=", option.name)));
    let named = typed
        .split_once('=')
        .and_then(|(name, value)| Some((options.iter().find(|one| one.name == name)?, value)));
    let free = given.iter().filter(|word| !word.contains('=')).count();
    let next = options.iter().filter(|option| !is_given(option)).nth(free);
    let (Some(option), value, before) = (match named {
        Some((option, value)) => (Some(option), value, format!("{}=", option.name)),
        None => (next, typed, String::new()),
    }) else {
        return Asked::Offers(vec![]);
    };
    if option.autocomplete == Some(true) {
        let focused = json!([{ "name": option.name, "value": value.trim_matches('"'), "focused": true }]);
        let options =
            path.iter().rev().fold(focused, |inner, sub| json!([{ "name": sub.name, "options": inner }]));
        return Asked::Bot { command: json!({ "name": command.name, "options": options }), before };
    }
    let choices = option.choices.iter().flatten().map(|choice| match &choice.value {
        CommandOptionChoiceValue::String(text) => quoted(text),
        CommandOptionChoiceValue::Integer(number) => number.to_string(),
        CommandOptionChoiceValue::Number(number) => number.to_string(),
    });
    let mut offers: Vec<String> = choices.filter(|choice| choice.starts_with(value)).collect();
    if option.kind == CommandOptionType::Boolean {
        offers = ["true", "false"]
            .iter()
            .filter(|word| word.starts_with(value))
            .map(|word| (*word).to_owned())
            .collect();
    }
    let mut offers: Vec<String> = offers.into_iter().map(|offer| format!("{before}{offer}")).collect();
    if named.is_none() {
        let left =
            options.iter().filter(|option| !is_given(option)).map(|option| format!("{}=", option.name));
        offers.extend(left.filter(|name| name.starts_with(typed)));
    }
    Asked::Offers(offers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(text: &str) -> Vec<String> {
        match asked(&shared::discord::commands::registration().unwrap(), text) {
            Asked::Offers(offers) => offers,
            Asked::Bot { .. } => panic!("the bot is asked for {text:?}"),
        }
    }

    #[test]
    fn commands_subcommands_options_and_choices_are_offered() {
        assert!(offers("sk").contains(&"skip".to_owned()));
        assert!(offers("").len() > 20);
        assert!(offers("playlist s").contains(&"save".to_owned()));
        assert!(offers("loop ").contains(&"queue".to_owned()));
        assert_eq!(offers("loop mode=q"), ["mode=queue"]);
        assert!(offers("volume ").contains(&"percent=".to_owned()));
        assert!(offers("dance ").is_empty());
    }

    #[test]
    fn what_the_bot_knows_better_it_is_asked_for() {
        let registered = shared::discord::commands::registration().unwrap();
        let focused = |value: &str| json!({ "name": "play", "options": [{ "name": "query", "value": value, "focused": true }] });
        let asks = |text: &str| asked(&registered, text);
        assert_eq!(asks("play hel"), Asked::Bot { command: focused("hel"), before: String::new() });
        assert_eq!(asks("play \"slow ri"), Asked::Bot { command: focused("slow ri"), before: String::new() });
        assert_eq!(asks("play query=x"), Asked::Bot { command: focused("x"), before: "query=".to_owned() });
    }

    #[test]
    fn the_last_word_may_hold_spaces_in_quotes() {
        assert_eq!(last_word("play \"slow ri"), "\"slow ri");
        assert_eq!(last_word("play x "), "");
        assert_eq!((quoted("x"), quoted("a b")), ("x".to_owned(), "\"a b\"".to_owned()));
    }
}
