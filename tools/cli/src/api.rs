//! `timmy api`: the API from a terminal. Against the local stack nothing has to be said; against a deployment, its address.

mod client;
mod credentials;
mod show;
mod sign_in;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use self::client::{Client, Request};
use self::credentials::Credentials;
use self::show::show;
use crate::local::send::Person;
use crate::local::session::Session;
use crate::say;

/// The API, as an operator, an owner or a moderator uses it.
#[derive(Debug, Args)]
pub(crate) struct Api {
    /// Where the deployment is, such as <https://bot.example.org>; the local stack if one runs.
    #[arg(long, env = "TIMMY_API_URL", global = true)]
    at: Option<String>,
    /// The community (Discord server id) that it is about; the local stack's own if one runs.
    #[arg(long, env = "TIMMY_COMMUNITY", global = true)]
    community: Option<String>,
    /// About the deployment, not about a community.
    #[arg(long, global = true, conflicts_with = "community")]
    deployment: bool,
    /// An API key instead of a sign-in.
    #[arg(long, env = "TIMMY_API_KEY", hide_env_values = true, global = true)]
    key: Option<String>,
    /// Print the answer as JSON.
    #[arg(long, global = true)]
    json: bool,
    /// The data folder of the local stack.
    #[arg(long, default_value = ".timmy", global = true)]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Signs in with Discord. On the local stack, as one of its people.
    Login {
        /// Who, on the local stack.
        #[arg(long = "as", value_enum, default_value_t = Person::Operator)]
        person: Person,
    },
    /// Signs out.
    Logout {
        /// On every machine.
        #[arg(long)]
        everywhere: bool,
    },
    /// Who is signed in, and what they may.
    Me,
    /// What works just now.
    Status,
    /// API keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Who has which role in the community.
    #[command(subcommand)]
    Roles(Roles),
    /// Which communities may use the bot.
    #[command(subcommand)]
    Guilds(Guilds),
    /// What plays, and what comes next.
    Queue,
    /// Adds a track: an address, or words to look for.
    Add {
        /// What to hear.
        #[arg(required = true)]
        query: Vec<String>,
        /// Before everything that is upcoming.
        #[arg(long)]
        next: bool,
    },
    /// Takes an upcoming track out.
    Remove {
        /// Its entry, as the queue shows it.
        entry: String,
    },
    /// Pauses, resumes, skips, and the like.
    Play {
        /// What to do.
        #[arg(value_enum)]
        action: Action,
        /// Percent of `volume`, seconds of `seek`, mode of `loop` (off, track, queue).
        value: Option<String>,
    },
    /// Shows the community's settings, or changes some: `per_user=5 announce=true dj_role=null`.
    Settings {
        /// What to change.
        #[arg(value_name = "NAME=VALUE")]
        changes: Vec<String>,
    },
    /// Administrative actions, the latest first.
    Audit {
        /// Nothing before this instant.
        #[arg(long)]
        from: Option<String>,
        /// Nothing at or after it.
        #[arg(long)]
        to: Option<String>,
        /// Only what this Discord user did.
        #[arg(long)]
        admin: Option<String>,
        /// Only this action, such as `key.create`.
        #[arg(long)]
        action: Option<String>,
        /// How many.
        #[arg(long)]
        limit: Option<u16>,
        /// Check whether the latest part of the trail holds together, instead.
        #[arg(long)]
        verify: bool,
    },
    /// Incidents: those that go on, or one with its timeline.
    Incidents {
        /// One, by its id.
        id: Option<String>,
        /// Also those that are over.
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// Only those that began before this one.
        #[arg(long, conflicts_with = "id")]
        before: Option<String>,
        /// How many.
        #[arg(long, conflicts_with = "id")]
        limit: Option<u16>,
    },
    /// Asks for one's own data, or for its erasure, or how far that is.
    Privacy {
        /// What.
        #[arg(value_enum)]
        wish: Wish,
        /// For `status`: the request's number.
        #[arg(required_if_eq("wish", "status"))]
        request: Option<String>,
        /// For `status`: the server whose erasure it is; without it, the request is one's own.
        #[arg(long)]
        guild: Option<String>,
    },
    /// Sends any request: `timmy api request GET /api/v1/me`.
    Request {
        /// The method.
        method: String,
        /// The path, with its query.
        path: String,
        /// The body, JSON.
        body: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Keys {
    /// Lists them.
    List,
    /// Makes one; its secret is shown this once.
    Make {
        /// What it is for.
        name: String,
        /// What it may.
        #[arg(long, value_enum, default_value_t = KeyRole::User)]
        role: KeyRole,
        /// Narrow it to these permissions, such as `queue:add`.
        #[arg(long)]
        only: Vec<String>,
        /// How long it lives.
        #[arg(long, default_value_t = 90)]
        days: u16,
    },
    /// Makes one that takes over from another.
    Rotate {
        /// Which, as the list shows it.
        id: String,
        /// How long the new one lives.
        #[arg(long, default_value_t = 90)]
        days: u16,
        /// How long the old one goes on.
        #[arg(long, default_value_t = 24)]
        overlap_hours: u16,
    },
    /// Revokes one at once.
    Revoke {
        /// Which, as the list shows it.
        id: String,
    },
}

#[derive(Debug, Subcommand)]
enum Roles {
    /// Lists them.
    List,
    /// Gives one.
    Give {
        /// The Discord user.
        user: String,
        /// Which.
        #[arg(value_enum)]
        role: Role,
    },
    /// Takes it.
    Take {
        /// The Discord user.
        user: String,
    },
}

#[derive(Debug, Subcommand)]
enum Guilds {
    /// Lists those that stand so.
    List {
        /// Where they stand.
        #[arg(value_enum, default_value_t = Standing::Pending)]
        status: Standing,
    },
    /// Lets one in.
    Approve {
        /// Its Discord server id.
        guild: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// With or without the premium limits.
        #[arg(long)]
        premium: Option<bool>,
    },
    /// Refuses its request.
    Deny {
        /// Its Discord server id.
        guild: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Takes its approval back.
    Revoke {
        /// Its Discord server id.
        guild: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Erases everything that is held of one, for good.
    Erase {
        /// Its Discord server id.
        guild: String,
        /// The same id once more: it cannot be undone.
        #[arg(long)]
        really: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum KeyRole {
    Trigger,
    Action,
    Core,
    Admin,
    User,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Role {
    Moderator,
    CommunityOwner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Standing {
    Pending,
    Approved,
    Denied,
    Revoked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Action {
    Pause,
    Resume,
    Skip,
    Previous,
    Replay,
    Stop,
    Clear,
    Shuffle,
    Seek,
    Volume,
    Loop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Wish {
    Export,
    Erase,
    Status,
}

/// The name of a choice, as the API spells it.
fn name(choice: &impl ValueEnum) -> String {
    choice.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

impl Api {
    /// Does it.
    pub(crate) async fn run(&self) -> Result<()> {
        let local = Session::load(&self.data).ok().filter(|_| self.at.is_none());
        let base = match (&self.at, &local) {
            (Some(at), _) => at.trim_end_matches('/').to_owned(),
            (None, Some(session)) => session.public.clone(),
            (None, None) => {
                bail!("say where the deployment is with --at, or start a local stack with ./timmy up")
            }
        };
        let credentials = Credentials::of(local.as_ref().map(|_| self.data.as_path()), &base)?;
        let community = match (&self.community, &local) {
            _ if self.deployment => None,
            (Some(community), _) => Some(community.clone()),
            (None, session) => session.as_ref().map(|session| session.guild_id.clone()),
        };
        let mut client = Client::new(base, credentials, self.key.clone(), community)?;
        match &self.command {
            Command::Login { person } => sign_in::run(&mut client, local.as_ref(), *person).await,
            Command::Logout { everywhere } => {
                let path = if *everywhere { "/api/v1/sessions" } else { "/api/v1/sessions/current" };
                client.send(&Request::new("DELETE", path)).await?;
                client.forget()?;
                say::line("Signed out.");
                Ok(())
            }
            command => {
                let request = command.request()?;
                let answer = client.send(&request).await?;
                say::line(&if self.json {
                    serde_json::to_string_pretty(&answer)?
                } else {
                    show(&request, &answer)
                });
                Ok(())
            }
        }
    }
}

impl Command {
    fn request(&self) -> Result<Request> {
        Ok(match self {
            // They are not one request, and are done above.
            Self::Login { .. } | Self::Logout { .. } => bail!("this is no request"),
            Self::Me => Request::new("GET", "/api/v1/me"),
            Self::Status => Request::new("GET", "/api/v1/status"),
            Self::Keys(keys) => keys.request(),
            Self::Roles(roles) => roles.request(),
            Self::Guilds(guilds) => guilds.request(),
            Self::Queue => Request::new("GET", "/api/v1/queue"),
            Self::Add { query, next } => Request::new("POST", "/api/v1/queue/tracks")
                .with(json!({ "query": query.join(" "), "next": next })),
            Self::Remove { entry } => Request::new("DELETE", &format!("/api/v1/queue/tracks/{entry}")),
            Self::Play { action, value } => {
                Request::new("POST", "/api/v1/playback").with(playback(*action, value.as_deref())?)
            }
            Self::Settings { changes } if changes.is_empty() => Request::new("GET", "/api/v1/settings"),
            Self::Settings { changes } => {
                let changes = changes
                    .iter()
                    .map(|change| setting(change))
                    .collect::<Result<serde_json::Map<_, _>>>()?;
                Request::new("PATCH", "/api/v1/settings").with(Value::Object(changes))
            }
            Self::Audit { verify: true, .. } => Request::new("GET", "/api/v1/audit/verification"),
            Self::Audit { from, to, admin, action, limit, .. } => {
                let limit = limit.map(|limit| limit.to_string());
                let all =
                    [("from", from), ("to", to), ("admin", admin), ("action", action), ("limit", &limit)];
                let given = all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
                Request::new("GET", "/api/v1/audit").asking(given)
            }
            Self::Incidents { id: Some(id), .. } => Request::new("GET", &format!("/api/v1/incidents/{id}")),
            Self::Incidents { id: None, all, before, limit } => {
                let limit = limit.map(|limit| limit.to_string());
                let status = all.then(|| "all".to_owned());
                let all = [("status", &status), ("before", before), ("limit", &limit)];
                let given = all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
                Request::new("GET", "/api/v1/incidents").asking(given)
            }
            Self::Privacy { wish: Wish::Status, request, guild } => {
                let path = format!("/api/v1/privacy/requests/{}", request.as_deref().unwrap_or_default());
                Request::new("GET", &path).asking(guild.as_deref().map(|guild| ("guild", guild)))
            }
            Self::Privacy { wish, .. } => {
                Request::new("POST", "/api/v1/privacy/requests").with(json!({ "action": name(wish) }))
            }
            Self::Request { method, path, body } => {
                let request = Request::new(&method.to_uppercase(), path);
                match body {
                    Some(body) => request.with(serde_json::from_str(body).context("the body is no JSON")?),
                    None => request,
                }
            }
        })
    }
}

impl Keys {
    fn request(&self) -> Request {
        match self {
            Self::List => Request::new("GET", "/api/v1/keys"),
            Self::Make { name: called, role, only, days } => {
                Request::new("POST", "/api/v1/keys").with(json!({
                    "name": called, "role": name(role), "only": only, "expires_in_days": days,
                }))
            }
            Self::Rotate { id, days, overlap_hours } => {
                let path = format!("/api/v1/keys/{id}/rotate");
                Request::new("POST", &path)
                    .with(json!({ "expires_in_days": days, "overlap_hours": overlap_hours }))
            }
            Self::Revoke { id } => Request::new("DELETE", &format!("/api/v1/keys/{id}")),
        }
    }
}

impl Roles {
    fn request(&self) -> Request {
        match self {
            Self::List => Request::new("GET", "/api/v1/roles"),
            Self::Give { user, role } => {
                Request::new("PUT", &format!("/api/v1/roles/{user}")).with(json!({ "role": name(role) }))
            }
            Self::Take { user } => Request::new("DELETE", &format!("/api/v1/roles/{user}")),
        }
    }
}

impl Guilds {
    fn request(&self) -> Request {
        let decide = |guild: &str, step: &str, body: Value| {
            Request::new("POST", &format!("/api/v1/guilds/{guild}/{step}")).with(body)
        };
        match self {
            Self::List { status } => {
                let status = name(status);
                Request::new("GET", "/api/v1/guilds").asking([("status", status.as_str())])
            }
            Self::Approve { guild, reason, premium } => {
                let mut body = json!({});
                if let Some(reason) = reason {
                    body["reason"] = reason.as_str().into();
                }
                if let Some(premium) = premium {
                    body["premium"] = (*premium).into();
                }
                decide(guild, "approve", body)
            }
            Self::Deny { guild, reason } => decide(guild, "deny", json!({ "reason": reason })),
            Self::Revoke { guild, reason } => decide(guild, "revoke", json!({ "reason": reason })),
            Self::Erase { guild, really } => decide(guild, "erasure", json!({ "guild": really })),
        }
    }
}

fn playback(action: Action, value: Option<&str>) -> Result<Value> {
    let number = || -> Result<u32> {
        let value = value.with_context(|| format!("{} needs a number", name(&action)))?;
        value.parse().with_context(|| format!("{value} is no number"))
    };
    Ok(match action {
        Action::Seek => json!({ "action": "seek", "position_s": number()? }),
        Action::Volume => json!({ "action": "volume", "percent": number()? }),
        Action::Loop => json!({ "action": "loop", "mode": value.context("loop needs off, track or queue")? }),
        plain => json!({ "action": name(&plain) }),
    })
}

/// `name=value`: JSON where it reads as some, a list where there are commas, else words.
fn setting(change: &str) -> Result<(String, Value)> {
    let (name, value) = change.split_once('=').with_context(|| format!("{change}: write NAME=VALUE"))?;
    let lists = ["moderator_roles", "blocked_artists"];
    let ids = ["dj_role", "locale"];
    let value = match value {
        "null" => Value::Null,
        list if lists.contains(&name) => {
            list.split(',').filter(|one| !one.is_empty()).map(str::trim).collect()
        }
        id if ids.contains(&name) => id.into(),
        other => serde_json::from_str(other).unwrap_or_else(|_| other.into()),
    };
    Ok((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        api: Api,
    }

    fn request(line: &str) -> Request {
        let line = Line::try_parse_from(std::iter::once("timmy").chain(line.split(' '))).unwrap();
        line.api.command.request().unwrap()
    }

    #[test]
    fn each_command_is_one_request() {
        for (line, method, path, body) in [
            ("me", "GET", "/api/v1/me", Value::Null),
            (
                "keys make deck --role core --only queue:add --days 7",
                "POST",
                "/api/v1/keys",
                json!({ "name": "deck", "role": "core", "only": ["queue:add"], "expires_in_days": 7 }),
            ),
            (
                "keys rotate ab",
                "POST",
                "/api/v1/keys/ab/rotate",
                json!({ "expires_in_days": 90, "overlap_hours": 24 }),
            ),
            ("roles give 7 community_owner", "PUT", "/api/v1/roles/7", json!({ "role": "community_owner" })),
            ("guilds list approved", "GET", "/api/v1/guilds?status=approved", Value::Null),
            (
                "guilds approve 7 --premium true",
                "POST",
                "/api/v1/guilds/7/approve",
                json!({ "premium": true }),
            ),
            (
                "add Don't Stop",
                "POST",
                "/api/v1/queue/tracks",
                json!({ "query": "Don't Stop", "next": false }),
            ),
            ("play volume 40", "POST", "/api/v1/playback", json!({ "action": "volume", "percent": 40 })),
            ("play loop queue", "POST", "/api/v1/playback", json!({ "action": "loop", "mode": "queue" })),
            ("settings", "GET", "/api/v1/settings", Value::Null),
            (
                "settings per_user=5 dj_role=42 locale=null blocked_artists=A,B",
                "PATCH",
                "/api/v1/settings",
                json!({ "per_user": 5, "dj_role": "42", "locale": null, "blocked_artists": ["A", "B"] }),
            ),
            (
                "audit --from 2026-01-02T03:04:05+01:00 --limit 5",
                "GET",
                "/api/v1/audit?from=2026-01-02T03%3A04%3A05%2B01%3A00&limit=5",
                Value::Null,
            ),
            ("audit --verify", "GET", "/api/v1/audit/verification", Value::Null),
            ("incidents", "GET", "/api/v1/incidents", Value::Null),
            ("incidents --all --limit 5", "GET", "/api/v1/incidents?status=all&limit=5", Value::Null),
            ("incidents 00ff", "GET", "/api/v1/incidents/00ff", Value::Null),
            ("privacy erase", "POST", "/api/v1/privacy/requests", json!({ "action": "erase" })),
            ("privacy status 07", "GET", "/api/v1/privacy/requests/07", Value::Null),
            ("privacy status 07 --guild 42", "GET", "/api/v1/privacy/requests/07?guild=42", Value::Null),
            ("guilds erase 42 --really 42", "POST", "/api/v1/guilds/42/erasure", json!({ "guild": "42" })),
            ("request get /status", "GET", "/status", Value::Null),
        ] {
            let made = request(line);
            assert_eq!((made.method(), made.path()), (method, path), "{line}");
            assert_eq!(made.body().cloned().unwrap_or_default(), body, "{line}");
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        for (action, value, said) in [
            (Action::Volume, None, "volume needs a number"),
            (Action::Seek, Some("far"), "far is no number"),
            (Action::Loop, None, "loop needs off, track or queue"),
        ] {
            assert_eq!(playback(action, value).unwrap_err().to_string(), said);
        }
        assert_eq!(setting("announce").unwrap_err().to_string(), "announce: write NAME=VALUE");
    }
}
