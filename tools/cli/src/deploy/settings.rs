//! What is deployed where: `samconfig.toml`'s section, and what the command line adds to its parameters.

use core::fmt;
use core::str::FromStr;

use anyhow::{Context as _, Result, bail, ensure};
use testkit::template::{OURS, Template};

/// Which section of `samconfig.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ConfigEnv {
    /// For trying out.
    Dev,
    /// Tables are protected, logs are kept longer.
    Prod,
}

impl ConfigEnv {
    /// As people type it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Prod => "prod",
        }
    }

    /// As sam calls it.
    pub(super) const fn section(self) -> &'static str {
        match self {
            Self::Dev => "default",
            Self::Prod => "prod",
        }
    }
}

/// An image that nobody can exchange: `repository@sha256:` and 64 hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pinned(String);

/// It is a tag, or nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an image is named by its digest, repository@sha256:…: a tag can be made to point at something else")]
pub(crate) struct NotPinned;

impl FromStr for Pinned {
    type Err = NotPinned;

    fn from_str(text: &str) -> Result<Self, NotPinned> {
        let (repository, digest) = text.split_once('@').ok_or(NotPinned)?;
        let of_a_name =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".:/_-".contains(&byte);
        let named = repository.bytes().all(of_a_name)
            && repository.starts_with(|first: char| first.is_ascii_alphanumeric());
        if named && is_digest(digest) { Ok(Self(text.to_owned())) } else { Err(NotPinned) }
    }
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether it is `sha256:` and 64 hex digits.
pub(super) fn is_digest(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hex))
}

/// A parameter of the template and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(super) name: String,
    pub(super) value: String,
}

/// It is no `Name=value`, or something that sam would take apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a parameter is Name=value, without quotes and backslashes")]
pub(crate) struct BadParameter;

impl FromStr for Parameter {
    type Err = BadParameter;

    fn from_str(text: &str) -> Result<Self, BadParameter> {
        let (name, value) = text.split_once('=').ok_or(BadParameter)?;
        let odd = |letter: char| letter.is_control() || matches!(letter, '"' | '\'' | '\\');
        let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if named && !value.contains(odd) {
            Ok(Self { name: name.to_owned(), value: value.to_owned() })
        } else {
            Err(BadParameter)
        }
    }
}

/// What `samconfig.toml` and the command line say together.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) env: ConfigEnv,
    pub(super) stack: String,
    pub(super) region: Option<String>,
    pub(super) profile: Option<String>,
    parameters: Vec<Parameter>,
}

impl Settings {
    /// Reads the section of `env`; `given` takes precedence.
    pub(super) fn read(samconfig: &str, env: ConfigEnv, given: &[Parameter]) -> Result<Self> {
        let section = env.section();
        let of = |table: &str, key: &str| value(samconfig, &format!("{section}.{table}.parameters"), key);
        let either = |key: &str| Ok::<_, anyhow::Error>(of("deploy", key)?.or(of("global", key)?));
        let stack = either("stack_name")?;
        let stack = stack.with_context(|| format!("samconfig.toml names no stack for {section}"))?;
        let mut settings = Self {
            env,
            stack,
            region: either("region")?,
            profile: either("profile")?,
            parameters: words(&of("deploy", "parameter_overrides")?.unwrap_or_default())?,
        };
        let known = Template::parse(OURS)?;
        for parameter in given {
            let name = &parameter.name;
            ensure!(
                !known.section("Parameters")[name.as_str()].is_null(),
                "the template has no parameter {name}"
            );
            ensure!(name != "VoiceImage", "the image is named with --image, or built");
            settings.set(name, &parameter.value);
        }
        Ok(settings)
    }

    /// A parameter's value here, or the template's default.
    pub(super) fn parameter(&self, name: &str) -> Result<String> {
        if let Some(found) = self.parameters.iter().find(|one| one.name == name) {
            return Ok(found.value.clone());
        }
        let template = Template::parse(OURS)?;
        let default = &template.section("Parameters")[name]["Default"];
        default.as_str().map(str::to_owned).with_context(|| format!("{name} has no value"))
    }

    /// What has no value and no default: a stack that is not there yet cannot do without.
    pub(super) fn missing(&self) -> Result<Vec<String>> {
        let template = Template::parse(OURS)?;
        let all = template.section("Parameters").as_object().into_iter().flatten();
        let open = all.filter(|(name, about)| {
            about["Default"].is_null()
                && *name != "VoiceImage"
                && !self.parameters.iter().any(|one| one.name == **name)
        });
        Ok(open.map(|(name, _)| name.clone()).collect())
    }

    /// As sam takes them, with the image.
    pub(super) fn overrides(&self, image: &str) -> String {
        let mut all = self.clone();
        all.set("VoiceImage", image);
        let one = |Parameter { name, value }: &Parameter| {
            if value.is_empty() || value.contains(char::is_whitespace) {
                format!("{name}=\"{value}\"")
            } else {
                format!("{name}={value}")
            }
        };
        all.parameters.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn set(&mut self, name: &str, value: &str) {
        self.parameters.retain(|one| one.name != name);
        self.parameters.push(Parameter { name: name.to_owned(), value: value.to_owned() });
    }
}

/// The value of a key below a table's heading. Of TOML it reads what sam writes: one line a key, texts and lists of texts.
fn value(toml: &str, table: &str, key: &str) -> Result<Option<String>> {
    let heading = format!("[{table}]");
    let inside = toml.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    let mut inside = inside.take_while(|line| !line.starts_with('['));
    let found = inside.find_map(|line| line.split_once('=').filter(|(name, _)| name.trim() == key));
    let Some((_, text)) = found else { return Ok(None) };
    let text = text.trim();
    // Texts and lists of TOML that sam writes are those of JSON.
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::String(text)) => Ok(Some(text)),
        Ok(serde_json::Value::Array(items)) => {
            let items: Option<Vec<_>> = items.iter().map(serde_json::Value::as_str).collect();
            Ok(Some(items.with_context(|| format!("{key} of samconfig.toml is no list of texts"))?.join(" ")))
        }
        _ => bail!("{key} of samconfig.toml cannot be read: write it as \"text\" on one line"),
    }
}

/// `A=b C="d e"`, as sam keeps it.
fn words(text: &str) -> Result<Vec<Parameter>> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    let words = words.iter().filter(|word| !word.is_empty());
    words
        .map(|word| word.parse().with_context(|| format!("parameter_overrides of samconfig.toml: {word}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `sam deploy --guided` leaves it.
    const GUIDED: &str = "version = 0.1\n[default.deploy.parameters]\nstack_name = \"mine\"\nregion = \"eu-central-1\"\n\
        confirm_changeset = true\nparameter_overrides = \"Stage=\\\"dev\\\" LinkServices=\\\"\\\" VoiceImage=\\\"old\\\"\"\n\
        [prod.global.parameters]\nstack_name = \"theirs\"\n[prod.deploy.parameters]\nparameter_overrides = [\"Stage=prod\", \"GuildCap=7\"]\n";

    fn settings(env: ConfigEnv, given: &[&str]) -> Settings {
        let given: Vec<_> = given.iter().map(|one| one.parse().unwrap()).collect();
        Settings::read(GUIDED, env, &given).unwrap()
    }

    #[test]
    fn what_guided_questions_left_is_read() {
        let dev = settings(ConfigEnv::Dev, &[]);
        assert_eq!((dev.stack.as_str(), dev.region.as_deref()), ("mine", Some("eu-central-1")));
        assert_eq!(dev.overrides("new"), "Stage=dev LinkServices=\"\" VoiceImage=new");
        let prod = settings(ConfigEnv::Prod, &["GuildCap=9", "Alarms=all"]);
        assert_eq!((prod.stack.as_str(), prod.region.as_deref()), ("theirs", None));
        assert_eq!(prod.overrides("new"), "Stage=prod GuildCap=9 Alarms=all VoiceImage=new");
    }

    #[test]
    fn values_come_from_here_or_are_the_templates() {
        let dev = settings(ConfigEnv::Dev, &["SecretPrefix=/mine"]);
        assert_eq!(dev.parameter("SecretPrefix").unwrap(), "/mine");
        assert_eq!(dev.parameter("TablePrefix").unwrap(), "timmybot");
        assert!(dev.parameter("VpcId").is_err());
    }

    #[test]
    fn what_has_no_value_is_missing() {
        let missing = settings(ConfigEnv::Dev, &["VpcId=vpc-1"]).missing().unwrap();
        assert!(missing.contains(&"DiscordApplicationId".to_owned()), "{missing:?}");
        for there in ["VpcId", "VoiceImage", "TablePrefix"] {
            assert!(!missing.contains(&there.to_owned()), "{there}");
        }
    }

    #[test]
    fn our_own_file_reads() {
        let ours = include_str!("../../../../samconfig.toml");
        for (env, stack) in [(ConfigEnv::Dev, "timmybot-dev"), (ConfigEnv::Prod, "timmybot")] {
            let settings = Settings::read(ours, env, &[]).unwrap();
            assert_eq!(settings.stack, stack);
            assert_eq!(settings.parameter("TablePrefix").unwrap(), stack);
            assert_eq!(settings.parameter("SecretPrefix").unwrap(), format!("/{stack}"));
        }
    }

    #[test]
    fn what_sam_would_take_apart_is_refused() {
        for text in ["", "A", "=b", "A B=c", "A=b\"", "A=b\\", "A=b\nC=d"] {
            assert_eq!(text.parse::<Parameter>(), Err(BadParameter), "{text}");
        }
        for given in ["Nonsense=1", "VoiceImage=1"] {
            assert!(Settings::read(GUIDED, ConfigEnv::Dev, &[given.parse().unwrap()]).is_err(), "{given}");
        }
        assert!(Settings::read("", ConfigEnv::Dev, &[]).is_err());
        let odd = GUIDED.replace("\"eu-central-1\"", "'eu'");
        assert!(Settings::read(&odd, ConfigEnv::Dev, &[]).is_err());
    }

    #[test]
    fn images_are_named_by_digest() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        assert!(format!("docker.io/library/rust@{digest}").parse::<Pinned>().is_ok());
        for image in [
            "rust:1".to_owned(),
            digest.clone(),
            format!("@{digest}"),
            format!("-o@{digest}"),
            format!("rust@{digest}0"),
            format!("rust @{digest}"),
            format!("rust@{}", digest.to_uppercase()),
        ] {
            assert_eq!(image.parse::<Pinned>(), Err(NotPinned), "{image}");
        }
    }
}
