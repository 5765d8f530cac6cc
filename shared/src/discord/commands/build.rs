//! From the table to what Discord is told.

use twilight_model::{
    application::{
        command::{Command, CommandOption, CommandType},
        interaction::InteractionContextType,
    },
    oauth::ApplicationIntegrationType,
};
use twilight_util::builder::command::{
    AttachmentBuilder, BooleanBuilder, CommandBuilder, IntegerBuilder, RoleBuilder, StringBuilder,
    SubCommandBuilder, SubCommandGroupBuilder,
};

use super::spec::{Body, Choices, Opt, OptKind, Place, Spec, Sub};
use crate::discord::words::{Locale, Words};

/// The table and the words do not make a command that Discord takes. Tests find this, never an operator.
#[derive(Debug, thiserror::Error)]
pub enum Unregistrable {
    /// `commands.ftl` has no such name or description.
    #[error("commands.ftl lacks {0}")]
    Words(String),
    /// Twilight's check of Discord's limits refused it.
    #[error("a command is over Discord's limits: {0}")]
    Limits(String),
    /// It could not be written as JSON.
    #[error("a command cannot be written")]
    Json(#[from] serde_json::Error),
}

/// All commands, as twilight types them.
pub fn registration() -> Result<Vec<Command>, Unregistrable> {
    super::TABLE.into_iter().flatten().map(command).collect()
}

/// The body of `PUT /applications/{id}/commands`, the same bytes every time.
pub fn registration_json() -> Result<serde_json::Value, Unregistrable> {
    let mut commands = serde_json::to_value(registration()?)?;
    // Twilight's type is the one that Discord answers with; the version is Discord's to give.
    for command in commands.as_array_mut().into_iter().flatten().filter_map(serde_json::Value::as_object_mut)
    {
        command.remove("version");
    }
    Ok(commands)
}

fn command(spec: &Spec) -> Result<Command, Unregistrable> {
    let id = spec.name.to_lowercase().replace(' ', "-");
    let name = Texts::of(&id, Words::command_name)?;
    // Only menu commands may have a space; they have no description.
    let is_menu = spec.name.contains(' ');
    let (kind, about) = if is_menu {
        (CommandType::Message, Texts::default())
    } else {
        (CommandType::ChatInput, Texts::of(&id, Words::command_about)?)
    };
    let mut builder = CommandBuilder::new(name.english, about.english, kind)
        .name_localizations(name.others)
        .contexts(contexts(spec.place))
        .integration_types(installations(spec.place));
    if !is_menu {
        builder = builder.description_localizations(about.others);
    }
    if let Some(permissions) = spec.member {
        builder = builder.default_member_permissions(permissions);
    }
    for option in body(&id, &spec.body)? {
        builder = builder.option(option);
    }
    builder
        .validate()
        .map(CommandBuilder::build)
        .map_err(|error| Unregistrable::Limits(format!("{id}: {error}")))
}

fn body(id: &str, body: &Body) -> Result<Vec<CommandOption>, Unregistrable> {
    match body {
        Body::Leaf(opts) => options(opts),
        Body::Subs(subs) => subs.iter().map(|sub| group_or_subcommand(id, sub)).collect(),
    }
}

fn group_or_subcommand(parent: &str, sub: &Sub) -> Result<CommandOption, Unregistrable> {
    let id = format!("{parent}-{}", sub.name());
    match sub {
        Sub::Leaf(_, opts) => subcommand(&id, opts).map(Into::into),
        Sub::Group(_, inner) => {
            let (name, about) = (Texts::of(&id, Words::command_name)?, Texts::of(&id, Words::command_about)?);
            let leaves = inner.iter().filter_map(|sub| match sub {
                Sub::Leaf(name, opts) => Some(subcommand(&format!("{id}-{name}"), opts)),
                // Discord nests no deeper.
                Sub::Group(..) => None,
            });
            Ok(SubCommandGroupBuilder::new(name.english, about.english)
                .name_localizations(name.others)
                .description_localizations(about.others)
                .subcommands(leaves.collect::<Result<Vec<_>, _>>()?)
                .build())
        }
    }
}

fn subcommand(id: &str, opts: &[Opt]) -> Result<SubCommandBuilder, Unregistrable> {
    let (name, about) = (Texts::of(id, Words::command_name)?, Texts::of(id, Words::command_about)?);
    let mut builder = SubCommandBuilder::new(name.english, about.english)
        .name_localizations(name.others)
        .description_localizations(about.others);
    for option in options(opts)? {
        builder = builder.option(option);
    }
    Ok(builder)
}

fn options(opts: &[Opt]) -> Result<Vec<CommandOption>, Unregistrable> {
    opts.iter().map(option).collect()
}

/// What is the same for each kind (words, whether it is required) is set on the built option.
fn option(opt: &Opt) -> Result<CommandOption, Unregistrable> {
    let id = format!("o-{}", opt.name);
    let (name, about) = (Texts::of(&id, Words::command_name)?, Texts::of(&id, Words::command_about)?);
    let mut option = kind(&opt.kind, name.english, about.english)?;
    option.name_localizations = Some(name.others.into_iter().collect());
    option.description_localizations = Some(about.others.into_iter().collect());
    option.required = Some(opt.required);
    // Discord refuses choices beside autocomplete; the builder always writes the list.
    option.choices = option.choices.filter(|choices| !choices.is_empty());
    Ok(option)
}

fn kind(kind: &OptKind, name: String, about: String) -> Result<CommandOption, Unregistrable> {
    Ok(match kind {
        OptKind::Text(max) => StringBuilder::new(name, about).min_length(1).max_length(*max).build(),
        OptKind::Suggested(max) => {
            StringBuilder::new(name, about).min_length(1).max_length(*max).autocomplete(true).build()
        }
        OptKind::Integer(min, max) => {
            IntegerBuilder::new(name, about).min_value(*min).max_value(*max).build()
        }
        OptKind::Boolean => BooleanBuilder::new(name, about).build(),
        OptKind::Attachment => AttachmentBuilder::new(name, about).build(),
        OptKind::Role => RoleBuilder::new(name, about).build(),
        OptKind::Choice(choices) => choice(choices, name, about)?,
    })
}

fn choice(choices: &Choices, name: String, about: String) -> Result<CommandOption, Unregistrable> {
    let labelled: Vec<(Texts, &str)> = match choices {
        Choices::Words(values) => {
            values.iter().map(|value| Ok((label(value)?, *value))).collect::<Result<_, Unregistrable>>()?
        }
        Choices::Names(names) => names.iter().map(|(value, name)| (Texts::same(name), *value)).collect(),
        Choices::Languages => Locale::ALL
            .iter()
            .map(|locale| Ok((Texts::same(locale.own_name()), locale.code())))
            .chain([label("auto").map(|texts| (texts, "auto"))])
            .collect::<Result<_, Unregistrable>>()?,
    };
    let mut builder = StringBuilder::new(name, about)
        .choices(labelled.iter().map(|(texts, value)| (texts.english.clone(), (*value).to_owned())));
    for (texts, _) in labelled {
        builder = builder.choice_localizations(&texts.english, texts.others);
    }
    Ok(builder.build())
}

fn label(value: &str) -> Result<Texts, Unregistrable> {
    Texts::of(&format!("c-{value}"), Words::command_name)
}

fn contexts(place: Place) -> Vec<InteractionContextType> {
    match place {
        Place::Guild => vec![InteractionContextType::Guild],
        Place::Anywhere => vec![InteractionContextType::Guild, InteractionContextType::BotDm],
    }
}

fn installations(place: Place) -> Vec<ApplicationIntegrationType> {
    match place {
        Place::Guild => vec![ApplicationIntegrationType::GuildInstall],
        Place::Anywhere => {
            vec![ApplicationIntegrationType::GuildInstall, ApplicationIntegrationType::UserInstall]
        }
    }
}

/// A text in English and, by Discord's locale code, in the other languages.
#[derive(Default)]
struct Texts {
    english: String,
    others: Vec<(String, String)>,
}

impl Texts {
    fn of(id: &str, get: fn(Words, &str) -> Option<String>) -> Result<Self, Unregistrable> {
        let text = |locale| get(Words::new(locale), id).ok_or_else(|| Unregistrable::Words(id.to_owned()));
        let mut others = Vec::new();
        for locale in Locale::ALL.into_iter().filter(|locale| *locale != Locale::English) {
            others.push((locale.code().to_owned(), text(locale)?));
            if locale == Locale::Spanish {
                // Discord knows two kinds of Spanish; we speak one.
                others.push(("es-419".to_owned(), text(locale)?));
            }
        }
        Ok(Self { english: text(Locale::English)?, others })
    }

    fn same(text: &str) -> Self {
        Self { english: text.to_owned(), others: Vec::new() }
    }
}
