//! Turns what somebody typed after `timmy send` into a command with its options.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};
use twilight_model::application::command::{Command, CommandOption, CommandOptionType};

/// A slash command: `words` are its name, a subcommand where it has some, and its options: `name=value`, or bare
/// values that fill the options in the order in which the command declares them.
pub(crate) fn command(commands: &[Command], words: &[String]) -> Result<Value> {
    let (name, words) =
        words.split_first().context("say which command, for instance: timmy send play \"some song\"")?;
    let name = name.trim_start_matches('/');
    let command = commands.iter().find(|command| command.name == name);
    let command = command.with_context(|| format!("there is no command {name}: try {}", names(commands)))?;
    let options = match command.options.first().map(|option| option.kind) {
        Some(CommandOptionType::SubCommand | CommandOptionType::SubCommandGroup) => {
            subcommand(&command.options, words)?
        }
        _ => values(&command.options, words)?,
    };
    Ok(json!({"name": command.name, "options": options}))
}

fn names(commands: &[Command]) -> String {
    commands.iter().map(|command| command.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn subcommand(options: &[CommandOption], words: &[String]) -> Result<Value> {
    let choices = || options.iter().map(|option| option.name.as_str()).collect::<Vec<_>>().join(", ");
    let (name, words) =
        words.split_first().with_context(|| format!("say which subcommand: {}", choices()))?;
    let found = options.iter().find(|option| option.name == *name);
    let found = found.with_context(|| format!("there is no subcommand {name}: try {}", choices()))?;
    let inner = found.options.as_deref().unwrap_or_default();
    let options = match found.kind {
        CommandOptionType::SubCommandGroup => subcommand(inner, words)?,
        _ => values(inner, words)?,
    };
    Ok(json!([{"name": found.name, "type": found.kind, "options": options}]))
}

fn values(declared: &[CommandOption], words: &[String]) -> Result<Value> {
    let mut given = Map::new();
    let mut free = declared.iter();
    for word in words {
        let named = word.split_once('=').and_then(|(name, value)| Some((find(declared, name)?, value)));
        let (option, value) = match named {
            Some(named) => named,
            None => (
                next_free(&mut free, &given)
                    .with_context(|| format!("there is no option left for {word:?}"))?,
                &**word,
            ),
        };
        let entry = json!({"name": option.name, "type": option.kind, "value": typed(option, value)?});
        if given.insert(option.name.clone(), entry).is_some() {
            bail!("{} is given twice", option.name);
        }
    }
    Ok(given.into_iter().map(|(_, entry)| entry).collect())
}

fn find<'a>(declared: &'a [CommandOption], name: &str) -> Option<&'a CommandOption> {
    declared.iter().find(|option| option.name == name)
}

fn next_free<'a>(
    free: &mut impl Iterator<Item = &'a CommandOption>,
    given: &Map<String, Value>,
) -> Option<&'a CommandOption> {
    free.find(|option| !given.contains_key(&option.name))
}

fn typed(option: &CommandOption, value: &str) -> Result<Value> {
    let wrong = || format!("{} takes a {:?}, not {value:?}", option.name, option.kind);
    Ok(match option.kind {
        CommandOptionType::Integer => value.parse::<i64>().with_context(wrong)?.into(),
        CommandOptionType::Number => value.parse::<f64>().with_context(wrong)?.into(),
        CommandOptionType::Boolean => value.parse::<bool>().with_context(wrong)?.into(),
        _ => value.into(),
    })
}

#[cfg(test)]
mod tests {
    use twilight_model::application::command::CommandType;
    use twilight_util::builder::command::{CommandBuilder, IntegerBuilder, StringBuilder, SubCommandBuilder};

    use super::*;

    fn commands() -> Vec<Command> {
        let play = CommandBuilder::new("play", "Play", CommandType::ChatInput)
            .option(StringBuilder::new("query", "What"))
            .option(StringBuilder::new("position", "Where"));
        let remove = CommandBuilder::new("remove", "Remove", CommandType::ChatInput)
            .option(IntegerBuilder::new("position", "Which"));
        let playlist = CommandBuilder::new("playlist", "Lists", CommandType::ChatInput)
            .option(SubCommandBuilder::new("save", "Save").option(StringBuilder::new("name", "Name")));
        vec![play.build(), remove.build(), playlist.build()]
    }

    fn words(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn bare_values_fill_options_in_order_and_named_ones_go_where_they_say() {
        let data = command(&commands(), &words("/play|some song|position=next")).unwrap();
        assert_eq!(data["name"], "play");
        let options: Vec<_> =
            data["options"].as_array().unwrap().iter().map(|o| (&o["name"], &o["value"])).collect();
        assert!(options.contains(&(&"query".into(), &"some song".into())));
        assert!(options.contains(&(&"position".into(), &"next".into())));
    }

    #[test]
    fn an_equals_sign_in_a_title_is_part_of_the_title() {
        let data = command(&commands(), &words("play|E=mc²")).unwrap();
        assert_eq!(data["options"][0]["value"], "E=mc²");
    }

    #[test]
    fn numbers_and_subcommands_are_typed() {
        let data = command(&commands(), &words("remove|3")).unwrap();
        assert_eq!((&data["options"][0]["value"], &data["options"][0]["type"]), (&3.into(), &4.into()));
        let data = command(&commands(), &words("playlist|save|Road Trip")).unwrap();
        assert_eq!(data["options"][0]["options"][0]["value"], "Road Trip");
    }

    #[test]
    fn mistakes_say_what_to_type() {
        let error = |text| command(&commands(), &words(text)).unwrap_err().to_string();
        assert_eq!(error("dance"), "there is no command dance: try play, remove, playlist");
        assert_eq!(error("playlist|burn"), "there is no subcommand burn: try save");
        assert_eq!(error("remove|soon"), "position takes a Integer, not \"soon\"");
        assert_eq!(error("remove|1|2"), "there is no option left for \"2\"");
        assert!(command(&commands(), &[]).is_err());
    }
}
