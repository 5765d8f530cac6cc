//! Commands that play and queue.

use super::spec::{Body, Choices, Leaf, Needs, Opt, OptKind, Place, Spec, limit};

const POSITION: OptKind = OptKind::Integer(1, limit::TRACKS);
const PERCENT: OptKind = OptKind::Integer(0, 100);

pub(super) const COMMANDS: &[Spec] = &[
    music("play", Leaf::changes("queue:add", PLAY)),
    music("Play this", Leaf::changes("queue:add", &[])),
    music("pause", Leaf::changes("playback:control", &[])),
    music("resume", Leaf::changes("playback:control", &[])),
    music("skip", Leaf::changes("playback:skip", &[])),
    music("stop", Leaf::changes("playback:control", &[])),
    music("nowplaying", Leaf::reads("queue:read", &[])),
    music("previous", Leaf::changes("playback:skip", &[])),
    music("replay", Leaf::changes("playback:control", &[])),
    music("jump", Leaf::changes("playback:skip", &[Opt::required("position", POSITION)])),
    music("seek", Leaf::changes("playback:control", &[Opt::required("time", OptKind::Text(limit::TIME))])),
    music("volume", Leaf::changes("playback:control", &[Opt::required("percent", PERCENT)])),
    music("loop", Leaf::changes("playback:control", &[Opt::required("mode", MODE)])),
    music("queue", Leaf::reads("queue:read", PAGE)),
    music("remove", Leaf::changes("queue:remove", &[Opt::required("position", POSITION)])),
    music("move", Leaf::changes("queue:move", MOVE)),
    music("shuffle", Leaf::changes("queue:move", &[])),
    music("clear", Leaf::changes("queue:clear", &[])),
    music("history", Leaf::reads("history:read", PAGE)),
    music("join", Leaf::changes("voice:join", &[]).needing(Needs::Voice)),
    music("leave", Leaf::changes("voice:leave", &[]).needing(Needs::Voice)),
    music("voteskip", Leaf::changes("playback:vote", &[]).needing(Needs::Voice)),
];

const PLAY: &[Opt] =
    &[Opt::required("query", OptKind::Suggested(limit::QUERY)), Opt::optional("next", OptKind::Boolean)];
const MOVE: &[Opt] = &[Opt::required("from", POSITION), Opt::required("to", POSITION)];
const MODE: OptKind = OptKind::Choice(Choices::Words(&["off", "track", "queue"]));
const PAGE: &[Opt] = &[Opt::optional("page", OptKind::Integer(1, limit::PAGES))];

const fn music(name: &'static str, leaf: Leaf) -> Spec {
    Spec { name, place: Place::Guild, member: None, body: Body::Leaf(leaf) }
}
