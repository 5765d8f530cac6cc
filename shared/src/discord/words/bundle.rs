//! The embedded files, parsed when a language is first spoken: a cold start pays for one language, not for twelve
//! files.

use std::sync::OnceLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use super::Locale;

type Bundle = FluentBundle<FluentResource>;

/// The two files of a language.
#[derive(Clone, Copy, Debug)]
pub(super) enum File {
    /// What the bot says.
    Bot,
    /// Names and descriptions of commands.
    Commands,
}

static BOT: [OnceLock<Bundle>; 6] = [const { OnceLock::new() }; 6];
static COMMANDS: [OnceLock<Bundle>; 6] = [const { OnceLock::new() }; 6];

/// The text of a message, or of its attribute; `None` where the file has none.
pub(super) fn text(
    locale: Locale,
    file: File,
    id: &str,
    attribute: Option<&str>,
    args: &FluentArgs<'_>,
) -> Option<String> {
    let bundle = bundle(locale, file);
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
    debug_assert!(errors.is_empty(), "{id}: {errors:?}");
    Some(text)
}

fn bundle(locale: Locale, file: File) -> &'static Bundle {
    let cache = match file {
        File::Bot => &BOT,
        File::Commands => &COMMANDS,
    };
    cache[locale.index()].get_or_init(|| build(locale, source(locale, file)))
}

/// A file with a mistake gives what is right in it; the tests see to it that there is none.
fn build(locale: Locale, source: &str) -> Bundle {
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    let mut bundle = Bundle::new_concurrent(vec![locale.code().parse().unwrap_or_default()]);
    // Arguments that need an isolate bring their own (discord::escape); marks around every number would only cost.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

pub(super) const fn source(locale: Locale, file: File) -> &'static str {
    macro_rules! files {
        ($($locale:ident $code:literal),+) => {
            match (locale, file) {
                $(
                    (Locale::$locale, File::Bot) =>
                        include_str!(concat!("../../../locales/", $code, "/bot.ftl")),
                    (Locale::$locale, File::Commands) =>
                        include_str!(concat!("../../../locales/", $code, "/commands.ftl")),
                )+
            }
        };
    }
    files!(English "en-US", German "de", French "fr", Spanish "es-ES", Portuguese "pt-BR", Japanese "ja")
}
