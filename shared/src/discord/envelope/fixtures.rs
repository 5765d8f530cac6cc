//! Payloads shaped as Discord documents them (`interactions/receiving-and-responding`), with ids of our own.

use serde_json::{Value, json};

/// A ping, as sent when the interactions address is saved.
pub(super) fn ping() -> Value {
    json!({
        "app_permissions": "562949953601536", "application_id": "1100000000000000001", "authorizing_integration_owners": {},
        "entitlements": [], "id": "1200000000000000001", "token": "tok", "type": 1, "version": 1,
        "user": {"avatar": null, "discriminator": "0", "global_name": "Ada", "id": "53908232506183680", "username": "ada"}
    })
}

/// `/play query:Cardboard next:true` in a guild.
pub(super) fn play() -> Value {
    guild(&json!({
        "id": "771825006014889984", "name": "play", "type": 1,
        "options": [
            {"type": 3, "name": "query", "value": "Cardboard"},
            {"type": 5, "name": "next", "value": true},
            {"type": 11, "name": "file", "value": "9"}
        ],
        "resolved": {"attachments": {"9": {"id": "9", "filename": "a.mp3", "size": 12, "url": "https://cdn.example/a.mp3",
            "content_type": "audio/mpeg", "duration_secs": 1.5, "proxy_url": "https://x.example"}}}
    }))
}

/// Any command in a guild.
pub(super) fn guild(data: &Value) -> Value {
    json!({
        "type": 2, "token": "A_UNIQUE_TOKEN", "id": "786008729715212338", "application_id": "1100000000000000001",
        "guild_id": "290926798626357999", "channel_id": "645027906669510667", "locale": "pt-BR", "guild_locale": "de",
        "app_permissions": "442368", "context": 0, "authorizing_integration_owners": {"0": "290926798626357999"},
        "version": 1, "entitlements": [], "attachment_size_limit": 10_485_760,
        "channel": {"id": "645027906669510667", "type": 0, "name": "music"},
        "guild": {"id": "290926798626357999", "locale": "de", "features": ["COMMUNITY"]},
        "member": {
            "user": {"id": "53908232506183680", "username": "Mason", "avatar": "a_d5", "discriminator": "1337", "public_flags": 131_141},
            "roles": ["539082325061836999"], "premium_since": null, "permissions": "2147483647", "pending": false,
            "nick": null, "mute": false, "joined_at": "2017-03-13T19:19:14.040000+00:00", "is_pending": false, "deaf": false
        },
        "data": data
    })
}

/// A button on one of our messages.
pub(super) fn button() -> Value {
    let mut button = guild(&json!({"custom_id": "t1.k1.skip.x", "component_type": 2, "id": 7}));
    button["type"] = json!(3);
    button["message"] = json!({"type": 0, "id": "846885000000000000", "channel_id": "345626669114982999", "flags": 32768,
        "content": "", "components": [{"type": 99, "whatever": [1, {"x": null}]}]});
    button
}

/// A modal with a label, an action row and a component type from the future.
pub(super) fn modal() -> Value {
    let mut modal = guild(&json!({"custom_id": "t1.k1.deny.x", "components": [
        {"type": 99, "id": 1, "surprise": {}},
        {"type": 18, "id": 2, "component": {"type": 4, "id": 3, "custom_id": "reason", "value": "Spam"}},
        {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "x"}]},
        {"type": 18, "component": {"type": 22, "custom_id": "boxes", "values": ["a"]}}
    ]}));
    modal["type"] = json!(5);
    modal
}

/// `/help` in a direct message with the bot.
pub(super) fn dm() -> Value {
    json!({
        "type": 2, "token": "t", "id": "786008729715212339", "application_id": "1100000000000000001",
        "channel_id": "645027906669510668", "locale": "ja", "context": 1,
        "authorizing_integration_owners": {"1": "53908232506183680"},
        "user": {"id": "53908232506183680", "username": "Mason"}, "data": {"id": "1", "name": "help", "type": 1}
    })
}

/// "Play this" on a message.
pub(super) fn play_this() -> Value {
    guild(&json!({
        "id": "5", "name": "Play this", "type": 3, "target_id": "867793854505943041",
        "resolved": {"messages": {"867793854505943041": {"id": "867793854505943041", "type": 0, "content": "some message",
            "attachments": [], "embeds": [], "author": {"id": "1"}, "edited_timestamp": null}}}
    }))
}
