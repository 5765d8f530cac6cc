//! The only file that reads the process environment; configuration is read once, at the start, and typed.

use core::str::FromStr;
use std::collections::BTreeMap;

/// The variables that the process was started with.
#[derive(Clone, Debug, Default)]
pub struct Env(BTreeMap<String, String>);

/// A variable is absent or cannot be read. It never shows the value: it could be a secret put in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEnv {
    /// Not set, or set to nothing.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// Set to something else than it should be.
    #[error("{name} is not valid: {why}")]
    Malformed {
        /// The variable.
        name: &'static str,
        /// What the parser says is wrong.
        why: String,
    },
}

impl BadEnv {
    /// The variable, if it is set to something that it cannot be.
    pub const fn malformed(&self) -> Option<&'static str> {
        match self {
            Self::Missing(_) => None,
            Self::Malformed { name, .. } => Some(name),
        }
    }
}

impl Env {
    /// This process's environment; variables that are not Unicode are left out.
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    /// An environment made of these pairs; for tests and for the local stack.
    pub fn of<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Those of these variables that a configuration can do without, when it is given all the others; for tests of
    /// configurations.
    pub fn spared<C>(
        all: &[(&'static str, &str)],
        read: impl Fn(&Self) -> Result<C, BadEnv>,
    ) -> Vec<&'static str> {
        let names = all.iter().map(|(name, _)| *name);
        let spares = |missing: &&'static str| {
            let others = Self::of(all.iter().copied().filter(|(name, _)| name != missing));
            read(&others).err() != Some(BadEnv::Missing(missing))
        };
        names.filter(spares).collect()
    }

    /// The value, where it is set and not blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The value, or `default` where the variable is not set.
    pub fn text_or(&self, name: &str, default: &str) -> String {
        self.get(name).unwrap_or(default).to_owned()
    }

    /// The value of a variable that has to be there.
    pub fn required(&self, name: &'static str) -> Result<&str, BadEnv> {
        self.get(name).ok_or(BadEnv::Missing(name))
    }

    /// The parsed value of a variable that has to be there.
    pub fn parse<T: FromStr<Err: ToString>>(&self, name: &'static str) -> Result<T, BadEnv> {
        parse(name, self.required(name)?)
    }

    /// The parsed value, or `default` where the variable is not set.
    pub fn parse_or<T: FromStr<Err: ToString>>(&self, name: &'static str, default: T) -> Result<T, BadEnv> {
        self.get(name).map_or(Ok(default), |value| parse(name, value))
    }

    /// The parsed parts of a comma-separated list; empty where the variable is not set.
    pub fn list<T: FromStr<Err: ToString>>(&self, name: &'static str) -> Result<Vec<T>, BadEnv> {
        let parts = self.get(name).unwrap_or_default().split(',').map(str::trim);
        parts.filter(|part| !part.is_empty()).map(|part| parse(name, part)).collect()
    }
}

fn parse<T: FromStr<Err: ToString>>(name: &'static str, value: &str) -> Result<T, BadEnv> {
    value.parse().map_err(|error: T::Err| BadEnv::Malformed { name, why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env() -> Env {
        Env::of([("N", " 7 "), ("BLANK", "  "), ("LIST", "1, 2,,3"), ("BAD", "x")])
    }

    #[test]
    fn values_are_trimmed_and_blank_is_missing() {
        assert_eq!(env().get("N"), Some("7"));
        assert_eq!((env().text_or("N", "9"), env().text_or("BLANK", "9")), ("7".to_owned(), "9".to_owned()));
        assert_eq!(env().required("BLANK"), Err(BadEnv::Missing("BLANK")));
        assert_eq!(env().required("NOT_THERE").unwrap_err().to_string(), "NOT_THERE is not set");
    }

    #[test]
    fn parsed_values_name_the_variable_when_they_fail() {
        assert_eq!(env().parse::<u8>("N"), Ok(7));
        assert_eq!(env().parse_or::<u8>("BLANK", 9), Ok(9));
        assert!(matches!(env().parse::<u8>("BAD"), Err(BadEnv::Malformed { name: "BAD", .. })));
    }

    #[test]
    fn what_a_configuration_can_do_without_is_found() {
        let all = [("N", "7"), ("M", "8")];
        let read = |env: &Env| Ok((env.parse::<u8>("N")?, env.parse_or::<u8>("M", 9)?));
        assert_eq!(Env::spared(&all, read), ["M"]);
        let refused = read(&Env::of([("N", "x")])).unwrap_err();
        assert_eq!((refused.malformed(), BadEnv::Missing("N").malformed()), (Some("N"), None));
    }

    #[test]
    fn lists_skip_empty_parts() {
        assert_eq!(env().list::<u8>("LIST"), Ok(vec![1, 2, 3]));
        assert_eq!(env().list::<u8>("NOT_THERE"), Ok(vec![]));
        assert!(env().list::<u8>("BAD").is_err());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "compares with what the process really has")]
    fn the_process_environment_is_what_the_process_has() {
        assert_eq!(Env::of_process().get("PATH").map(str::to_owned), std::env::var("PATH").ok());
    }
}
