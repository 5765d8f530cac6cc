//! Somebody uses the bot: what they did becomes an interaction, is sent, and what comes back is checked and shown.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::endpoint::Answer;
use super::payload::{Envelope, resolved};
use super::{Entry, Kind, fields, options, parsed, problem};
use crate::core::Core;
use crate::ids::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, UserId};
use crate::machine;
use crate::rules;
use crate::world::{Asked, Callback, Message, Origin, Refusal, World};

/// What somebody does.
#[derive(Debug, Deserialize)]
pub(super) struct Use {
    #[serde(rename = "as")]
    user: UserId,
    /// None: between the two of them alone.
    guild: Option<GuildId>,
    channel: ChannelId,
    #[serde(default = "english")]
    locale: String,
    #[serde(flatten)]
    what: What,
}

fn english() -> String {
    "en-US".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum What {
    Command(Command),
    Autocomplete(Command),
    MessageCommand {
        name: String,
        message: MessageId,
    },
    Component {
        message: MessageId,
        custom_id: String,
        #[serde(default)]
        values: Vec<String>,
    },
    Modal {
        custom_id: String,
        message: Option<MessageId>,
        #[serde(default)]
        fields: Map<String, Value>,
    },
}

#[derive(Debug, Deserialize)]
struct Command {
    name: String,
    #[serde(default)]
    options: Vec<Value>,
    #[serde(default)]
    attachments: Map<String, Value>,
}

/// An interaction, ready to be sent.
struct Ready {
    kind: u8,
    data: Value,
    pressed: Option<MessageId>,
    /// What the timeline calls it.
    title: String,
    command: Option<String>,
}

/// `POST /sim/use`.
pub(super) async fn use_bot(State(core): State<Arc<Core>>, body: Bytes) -> Response {
    let used: Use = match parsed(&body) {
        Ok(used) => used,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error),
    };
    match deliver(&core, &used).await {
        Ok(outcome) => Json(outcome).into_response(),
        Err(error) => problem(StatusCode::BAD_REQUEST, &error),
    }
}

/// Sends it; the error is what the app would say before anything is sent.
async fn deliver(core: &Core, used: &Use) -> Result<Value, String> {
    let application = core.config.applications.first().ok_or("there is no application")?.id;
    let endpoint = core.endpoints.get(application).ok_or("the application has no interactions endpoint")?;
    let token = format!("aW50ZXJhY3Rpb24{}", machine::nonce().map_err(|error| error.to_string())?);
    let (interaction, ready, whole) = prepare(core, application, used, &token)?;
    let began = machine::now();
    let answer = endpoint.send(whole.to_string().as_bytes()).await;
    let took = machine::now().duration_since(began).unsigned_abs();
    let said = answer.as_ref().map(|answer| answer.body.clone()).unwrap_or_default();
    let settled = match answer {
        Ok(answer) => settle(core, &token, &answer),
        Err(error) => Err((error.to_string(), None)),
    };
    let entry = Entry::new(Kind::Interaction, ready.title.clone()).of(interaction).took(took);
    let detail = json!({ "request": whole, "answer": said });
    core.feed.note(&entry.ended(settled.is_ok()).with(detail));
    let mut outcome = json!({
        "interaction": interaction, "token": token, "ms": took.as_secs_f64() * 1000.0,
        "choices": null, "modal": null, "error": null,
    });
    match settled {
        Ok(Callback::Message) => outcome["outcome"] = json!("message"),
        Ok(Callback::Deferred) => outcome["outcome"] = json!("deferred"),
        Ok(Callback::Update | Callback::Nothing) => outcome["outcome"] = json!("update"),
        Ok(Callback::Choices(choices)) => {
            outcome["outcome"] = json!("choices");
            outcome["choices"] = choices;
        }
        Ok(Callback::Modal(modal)) => {
            outcome["outcome"] = json!("modal");
            outcome["modal"] = modal;
        }
        Err((error, violation)) => {
            if let Some(rules::Violation { at, rule }) = violation {
                let detail = json!({ "rule": rule, "where": at, "answer": said });
                let entry = Entry::new(Kind::Violation, format!("{}: {rule}", ready.title));
                core.feed.note(&entry.of(interaction).ended(false).with(detail));
            }
            outcome["outcome"] = json!("failed");
            outcome["error"] = json!(error);
        }
    }
    Ok(outcome)
}

/// Makes the interaction, and lets its token be used.
fn prepare(
    core: &Core,
    application: ApplicationId,
    used: &Use,
    token: &str,
) -> Result<(InteractionId, Ready, Value), String> {
    let mut world = core.world();
    is_there(&world, used)?;
    let now = machine::now();
    let interaction: InteractionId = world.snowflake(now).cast();
    let ready = ready(&world, application, used, now)?;
    let envelope = Envelope {
        application,
        interaction,
        token,
        user: used.user,
        guild: used.guild,
        channel: used.channel,
        locale: &used.locale,
    };
    let mut whole = envelope.compose(&world, ready.kind, &ready.data);
    if let Some(message) = ready.pressed.and_then(|pressed| world.any_message(used.channel, pressed)) {
        whole["message"] = world.message_view(message);
    }
    let origin = Origin { interaction, kind: ready.kind, user: used.user, command: ready.command.clone() };
    let asked = Asked {
        application,
        channel: used.channel,
        token: token.to_owned(),
        origin: Some(origin),
        pressed: ready.pressed,
    };
    world.ask(asked, now).map_err(|refusal| refusal.to_string())?;
    Ok((interaction, ready, whole))
}

/// Somebody can only do something where they are.
fn is_there(world: &World, used: &Use) -> Result<(), String> {
    let person = world.person(used.user).filter(|person| !person.bot).ok_or("there is no such person")?;
    let is_there = match used.guild {
        Some(guild) => {
            let is_member = world.guild(guild).is_some_and(|guild| guild.members.contains(&used.user));
            is_member && world.channel(used.channel).is_some_and(|(of, _)| of == guild)
        }
        None => person.dm == Some(used.channel),
    };
    if is_there { Ok(()) } else { Err(format!("{} is not in this channel", person.name)) }
}

fn ready(world: &World, application: ApplicationId, used: &Use, now: Timestamp) -> Result<Ready, String> {
    match &used.what {
        What::Command(command) => of_command(world, application, used, command, false),
        What::Autocomplete(command) => of_command(world, application, used, command, true),
        What::MessageCommand { name, message } => {
            let registered = offered(world, application, used, 3, name)?;
            let target = seen(world, used, *message)?;
            let data = json!({
                "id": registered["id"], "name": name, "type": 3, "target_id": message,
                "resolved": { "messages": { message.to_string(): world.message_view(target) } },
            });
            let title = name.clone();
            Ok(Ready { kind: 2, data, pressed: None, title, command: Some(name.clone()) })
        }
        What::Component { message, custom_id, values } => {
            let pressed = seen(world, used, *message)?;
            let component = pressable(pressed, custom_id, now)?;
            let kind = component["type"].as_u64().unwrap_or_default();
            let mut data = json!({ "component_type": kind, "custom_id": custom_id, "id": component["id"] });
            let mut title = component["label"].as_str().unwrap_or("a button").to_owned();
            if kind != 2 {
                data["values"] = json!(values);
                title = format!("a menu: {}", values.join(", "));
            } else if let Some(emoji) = component["emoji"]["name"].as_str() {
                component["label"].as_str().unwrap_or(emoji).clone_into(&mut title);
            }
            Ok(Ready { kind: 3, data, pressed: Some(*message), title, command: None })
        }
        What::Modal { custom_id, message, fields } => {
            let modal = world.modal(used.user, custom_id).ok_or("they have no such form before them")?;
            let components = fields::filled(modal, fields)?;
            let data = json!({ "custom_id": custom_id, "components": components, "resolved": {} });
            let title = format!("{}, filled in", modal["title"].as_str().unwrap_or("a form"));
            Ok(Ready { kind: 5, data, pressed: *message, title, command: None })
        }
    }
}

fn of_command(
    world: &World,
    application: ApplicationId,
    used: &Use,
    command: &Command,
    typing: bool,
) -> Result<Ready, String> {
    let registered = offered(world, application, used, 1, &command.name)?;
    let options = options::check(registered, &command.options, typing)?;
    let mut data = json!({ "id": registered["id"], "name": command.name, "type": 1, "options": options });
    let resolved = resolved(world, used.guild, &options, &command.attachments);
    if resolved != json!({}) {
        data["resolved"] = resolved;
    }
    let name = [command.name.as_str()].into_iter().chain(subcommands(&options)).collect::<Vec<_>>().join(" ");
    let kind = if typing { 4 } else { 2 };
    let title = if typing { format!("/{name}, typing") } else { format!("/{name}") };
    Ok(Ready { kind, data, pressed: None, title, command: Some(name) })
}

fn subcommands(options: &[Value]) -> Vec<&str> {
    let [one] = options else { return Vec::new() };
    if !matches!(one["type"].as_u64(), Some(1 | 2)) {
        return Vec::new();
    }
    let inner = one["options"].as_array().map(|inner| subcommands(inner)).unwrap_or_default();
    one["name"].as_str().into_iter().chain(inner).collect()
}

/// A command that can be used there: it is registered, and for this place. Its default permissions only say what is offered
/// at first: a server's owner may offer it to anybody (Discord: "Application Command Permissions"), so the bot has to judge.
fn offered<'a>(
    world: &'a World,
    application: ApplicationId,
    used: &Use,
    kind: u64,
    name: &str,
) -> Result<&'a Value, String> {
    let registered = world.command(application, kind, name).ok_or(format!("there is no command {name}"))?;
    let context = u8::from(used.guild.is_none());
    let contexts = registered["contexts"].as_array();
    if contexts.is_some_and(|contexts| !contexts.contains(&json!(context))) {
        return Err(format!("{name} cannot be used here"));
    }
    Ok(registered)
}

fn seen<'a>(world: &'a World, used: &Use, message: MessageId) -> Result<&'a Message, String> {
    let found = world.any_message(used.channel, message).filter(|found| found.is_seen_by(used.user));
    found.ok_or_else(|| "they see no such message".to_owned())
}

/// A component of a message that can be pressed.
fn pressable<'a>(message: &'a Message, custom_id: &str, now: Timestamp) -> Result<&'a Value, String> {
    let components = message.body.get("components").unwrap_or(&Value::Null);
    let found = rules::all_components(components).into_iter().map(|(_, component)| component);
    let component = found.into_iter().find(|component| component["custom_id"] == custom_id);
    let component = component.ok_or("there is nothing of this custom id on the message")?;
    if component["disabled"] == true || message.thinking_until.is_some_and(|until| until > now) {
        return Err("it is disabled".to_owned());
    }
    Ok(component)
}

/// The bot's answer takes effect; the error is why it does not, with the rule that it broke.
fn settle(core: &Core, token: &str, answer: &Answer) -> Result<Callback, (String, Option<rules::Violation>)> {
    if answer.status != 200 {
        return Err((format!("the endpoint answered {}", answer.status.as_u16()), None));
    }
    let mut callback = Callback::Nothing;
    let done = core.change(|world| {
        callback = world.call_back(token, &answer.body, machine::now())?;
        Ok(Vec::new())
    });
    match done {
        Ok(()) => Ok(callback),
        Err(Refusal::Form(violation)) => Err((violation.to_string(), Some(violation))),
        Err(refusal) => {
            let violation = rules::Violation::new("", &refusal.to_string());
            Err((refusal.to_string(), Some(violation)))
        }
    }
}
