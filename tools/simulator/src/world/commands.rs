//! What applications have registered (Discord: "Application Commands").

use jiff::Timestamp;
use serde_json::{Value, json};
use twilight_model::application::command::Command;

use super::{News, Refusal, World};
use crate::ids::{ApplicationId, CommandId};

/// Discord: "An app can have … 100 global `CHAT_INPUT` commands, 15 `USER`, 15 `MESSAGE`".
const COMMANDS_MAX: [(u64, usize); 3] = [(1, 100), (2, 15), (3, 15)];

impl World {
    /// What an application has registered.
    pub fn commands(&self, application: ApplicationId) -> &[Value] {
        self.commands.get(&application).map_or(&[], Vec::as_slice)
    }

    /// A command by its type and name.
    pub(crate) fn command(&self, application: ApplicationId, kind: u64, name: &str) -> Option<&Value> {
        let is_it = |one: &&Value| one["type"].as_u64().unwrap_or(1) == kind && one["name"] == name;
        self.commands(application).iter().find(is_it)
    }

    /// Replaces all of them (Discord: "Bulk Overwrite Global Application Commands"). A command keeps its id while it
    /// keeps its name.
    pub(crate) fn register(
        &mut self,
        application: ApplicationId,
        commands: &Value,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let list = commands.as_array().ok_or_else(|| Refusal::form("", "it has to be a list"))?;
        for (at, command) in list.iter().enumerate() {
            check(command).map_err(|rule| Refusal::form(&format!("{at}"), &rule))?;
        }
        for (kind, most) in COMMANDS_MAX {
            let of_kind = |one: &&Value| one["type"].as_u64().unwrap_or(1) == kind;
            if list.iter().filter(of_kind).count() > most {
                return Err(Refusal::form("", &format!("there are more than {most} of type {kind}")));
            }
        }
        let shown = list.iter().map(|command| self.registered(application, command, now)).collect();
        self.commands.insert(application, shown);
        self.news.push(News::Commands);
        Ok(())
    }

    fn registered(&mut self, application: ApplicationId, command: &Value, now: Timestamp) -> Value {
        let kind = command["type"].as_u64().unwrap_or(1);
        let name = command["name"].as_str().unwrap_or_default();
        let known = self.command(application, kind, name).map(|known| known["id"].clone());
        let id = known.unwrap_or_else(|| {
            let id: CommandId = self.snowflake(now).cast();
            json!(id)
        });
        let mut shown = command.clone();
        let given = json!({
            "id": id, "application_id": application, "version": self.snowflake(now), "type": kind,
        });
        super::view::merge(&mut shown, given);
        shown
    }
}

/// Lengths, counts and names as Discord demands them, by a library that is not ours.
fn check(command: &Value) -> Result<(), String> {
    if !command.is_object() {
        return Err("it has to be an object".to_owned());
    }
    let mut whole = command.clone();
    // What Discord gives, and what may be left out.
    super::view::merge(&mut whole, json!({ "version": "1" }));
    for (field, default) in [("type", json!(1)), ("description", json!("")), ("options", json!([]))] {
        if whole.get(field).is_none() {
            whole[field] = default;
        }
    }
    let typed: Command = serde_json::from_value(whole).map_err(|error| error.to_string())?;
    twilight_validate::command::command(&typed).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const APP: ApplicationId = ApplicationId::new(9001);

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_command_keeps_its_id_while_it_keeps_its_name() {
        let mut world = World::new(&Config::default());
        let play = json!({ "name": "play", "description": "Plays a song" });
        world.register(APP, &json!([play]), noon()).unwrap();
        let before = world.command(APP, 1, "play").unwrap().clone();
        let skip = json!({ "name": "skip", "description": "Skips" });
        world.register(APP, &json!([skip, play]), noon()).unwrap();
        let after = world.command(APP, 1, "play").unwrap();
        assert_eq!(before["id"], after["id"]);
        assert_ne!(before["version"], after["version"]);
        assert_eq!(world.take_news(), [News::Commands, News::Commands]);
    }

    #[test]
    fn what_breaks_a_rule_registers_nothing() {
        let mut world = World::new(&Config::default());
        let bad = [
            json!({ "name": "Play Song", "description": "x" }),
            json!({ "name": "play", "description": "x".repeat(101) }),
            json!({ "name": "play", "description": "x", "options": [{ "type": 3 }] }),
            json!("play"),
        ];
        for command in bad {
            let good = json!({ "name": "skip", "description": "Skips" });
            let refused = world.register(APP, &json!([good, command]), noon()).unwrap_err();
            assert_eq!(refused.code(), 50_035, "{command}");
        }
        let many: Vec<Value> = (0..16).map(|n| json!({ "type": 3, "name": format!("Play {n}") })).collect();
        assert!(world.register(APP, &json!(many), noon()).is_err());
        assert!(world.commands(APP).is_empty());
    }
}
