//! Commands that play and queue.

use super::spec::{Body, Choices, Opt, OptKind, Place, Spec, limit};

const POSITION: OptKind = OptKind::Integer(1, limit::TRACKS);
const PERCENT: OptKind = OptKind::Integer(0, 100);

pub(super) const COMMANDS: &[Spec] = &[
    music("play", PLAY),
    music("Play this", &[]),
    music("pause", &[]),
    music("resume", &[]),
    music("skip", &[]),
    music("stop", &[]),
    music("nowplaying", &[]),
    music("previous", &[]),
    music("replay", &[]),
    music("jump", &[Opt::required("position", POSITION)]),
    music("seek", &[Opt::required("time", OptKind::Text(limit::TIME))]),
    music("volume", &[Opt::required("percent", PERCENT)]),
    music("loop", &[Opt::required("mode", MODE)]),
    music("queue", PAGE),
    music("remove", &[Opt::required("position", POSITION)]),
    music("move", MOVE),
    music("shuffle", &[]),
    music("clear", &[]),
    music("history", PAGE),
    music("join", &[]),
    music("leave", &[]),
    music("voteskip", &[]),
];

/// One of `query` and `file` is needed; Discord cannot say that, so the command does.
const PLAY: &[Opt] = &[
    Opt::optional("query", OptKind::Suggested(limit::QUERY)),
    Opt::optional("file", OptKind::Attachment),
    Opt::optional("next", OptKind::Boolean),
];
const MOVE: &[Opt] = &[Opt::required("from", POSITION), Opt::required("to", POSITION)];
const MODE: OptKind = OptKind::Choice(Choices::Words(&["off", "track", "queue"]));
const PAGE: &[Opt] = &[Opt::optional("page", OptKind::Integer(1, limit::PAGES))];

const fn music(name: &'static str, options: &'static [Opt]) -> Spec {
    Spec { name, place: Place::Guild, member: None, body: Body::Leaf(options) }
}
