//! `/settings`: what a guild decides for itself (SPEC P9).

mod twitch;

use shared::discord::cards::Question;
use shared::discord::envelope::{CommandData, Options};
use shared::discord::escape::Escaped;
use shared::discord::response::Answer;
use shared::discord::words::{Locale, Message, Span, Words};
use shared::domain::settings::{
    BLOCKED_ARTISTS_MAX, BlocklistError, GuildSettings, LocaleTag, MODERATOR_ROLES_MAX, OutOfRange,
};
use shared::security::permissions::{Authorized, EditSettings};
use shared::store::settings::SaveError;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

/// How often a change is made again on what somebody else has saved meanwhile.
const TRIES: u32 = 4;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    match command.subcommands().as_slice() {
        ["view"] => cards::settings(visit, &visit.pass.settings),
        ["reset"] => {
            visit.authorize::<EditSettings>()?;
            cards::confirm(visit, Question::ResetSettings)
        }
        ["twitch", name] => twitch::run(visit, name, &command.options()).await,
        [name] => {
            let proof = visit.authorize::<EditSettings>()?;
            let change = Change::read(name, &command.options())?;
            let message = save(visit, proof, |settings| change.make(settings)).await?;
            Ok(cards::whispered(change.words(visit), &message))
        }
        _ => Err(Refused::UnknownCommand),
    }
}

/// The question was answered with yes.
pub(crate) async fn reset_confirmed(visit: &Visit<'_>) -> Result<Message, Refused> {
    let proof = visit.authorize::<EditSettings>()?;
    save(visit, proof, |settings| {
        *settings = GuildSettings::default();
        Ok(Message::SettingsResetDone)
    })
    .await
}

/// Reads, changes and saves on the version that was read; somebody else's change in between is never lost.
async fn save(
    visit: &Visit<'_>,
    _proof: Authorized<EditSettings>,
    change: impl Fn(&mut GuildSettings) -> Result<Message, Refused>,
) -> Result<Message, Refused> {
    let guild = visit.guild()?;
    for _ in 0..TRIES {
        let mut stored = visit.read(visit.app.settings.load(guild).await)?;
        let before = stored.settings.clone();
        let message = change(&mut stored.settings)?;
        if stored.settings == before {
            return Ok(Message::SettingsUnchanged);
        }
        match visit.app.settings.save(guild, stored).await {
            Ok(_) => return Ok(message),
            Err(SaveError::Changed) => {}
            Err(SaveError::Store(error)) => return visit.wrote(Err(error)),
        }
    }
    Err(Refused::Busy)
}

/// One change, with its options taken apart.
enum Change<'a> {
    DjRole(Option<shared::ids::RoleId>),
    ModeratorRole { role: shared::ids::RoleId, remove: bool },
    Limits { tracks: Option<i64>, each: Option<i64>, seconds: Option<i64> },
    Explicit(bool),
    Block(&'a str),
    Unblock(&'a str),
    Volume(i64),
    Announce(bool),
    Locale(&'a str),
    VoteSkip(i64),
}

impl<'a> Change<'a> {
    fn read(name: &str, options: &Options<'a>) -> Result<Self, Refused> {
        Self::parse(name, options).map_err(Refused::Option)?.ok_or(Refused::UnknownCommand)
    }

    fn parse(
        name: &str,
        options: &Options<'a>,
    ) -> Result<Option<Self>, shared::discord::envelope::OptionError> {
        Ok(Some(match name {
            "dj-role" => Self::DjRole(options.optional_role("role")?),
            "moderator-role" => Self::ModeratorRole {
                role: options.role("role")?,
                remove: options.optional_boolean("remove")?.unwrap_or(false),
            },
            "limits" => Self::Limits {
                tracks: options.optional_integer("tracks")?,
                each: options.optional_integer("per-user")?,
                seconds: options.optional_integer("seconds")?,
            },
            "explicit" => Self::Explicit(options.boolean("allowed")?),
            "block-artist" => Self::Block(options.string("artist")?),
            "unblock-artist" => Self::Unblock(options.string("artist")?),
            "volume" => Self::Volume(options.integer("percent")?),
            "announce" => Self::Announce(options.boolean("enabled")?),
            "locale" => Self::Locale(options.string("language")?),
            "vote-skip" => Self::VoteSkip(options.integer("percent")?),
            _ => return Ok(None),
        }))
    }

    /// A new language is confirmed in itself.
    fn words(&self, visit: &Visit<'_>) -> Words {
        match self {
            Self::Locale(tag) => Locale::of(tag).map_or(visit.words, Words::new),
            _ => visit.words,
        }
    }

    fn make(&self, settings: &mut GuildSettings) -> Result<Message, Refused> {
        match self {
            Self::DjRole(role) => {
                settings.dj_role = *role;
                Ok(role.map_or(Message::DjCleared, |role| Message::DjSet { role }))
            }
            Self::ModeratorRole { role, remove } => moderator(settings, *role, *remove),
            Self::Limits { tracks, each, seconds } => limits(settings, *tracks, *each, *seconds),
            Self::Explicit(allowed) => {
                settings.explicit_refused = !allowed;
                Ok(if *allowed { Message::ExplicitAllowed } else { Message::ExplicitOff })
            }
            Self::Block(artist) => block(settings, artist),
            Self::Unblock(artist) => unblock(settings, artist),
            Self::Volume(percent) => {
                settings.default_volume = number(*percent)?;
                Ok(Message::DefaultVolumeSet { percent: percent.unsigned_abs() })
            }
            Self::Announce(on) => {
                settings.announce = *on;
                Ok(if *on { Message::AnnounceOn } else { Message::AnnounceOff })
            }
            Self::Locale(tag) => locale(settings, tag),
            Self::VoteSkip(percent) => {
                settings.vote_skip = number(*percent)?;
                Ok(Message::VoteSkipSet { percent: percent.unsigned_abs() })
            }
        }
    }
}

/// A bounded number; what does not even fit its integer is out of the same range.
fn number<T: TryFrom<u32, Error = OutOfRange>>(given: i64) -> Result<T, Refused> {
    let clamped = u32::try_from(given).unwrap_or(u32::MAX);
    T::try_from(clamped).map_err(|error| Refused::Range { min: error.min.into(), max: error.max.into() })
}

fn moderator(
    settings: &mut GuildSettings,
    role: shared::ids::RoleId,
    remove: bool,
) -> Result<Message, Refused> {
    let mut roles: Vec<_> =
        settings.moderator_roles().iter().copied().filter(|known| *known != role).collect();
    if !remove {
        roles.push(role);
    }
    let too_many = |_| Refused::Because(Message::ModeratorTooMany { max: MODERATOR_ROLES_MAX as u64 });
    settings.set_moderator_roles(&roles).map_err(too_many)?;
    Ok(if remove { Message::ModeratorRemoved { role } } else { Message::ModeratorAdded { role } })
}

fn limits(
    settings: &mut GuildSettings,
    tracks: Option<i64>,
    each: Option<i64>,
    seconds: Option<i64>,
) -> Result<Message, Refused> {
    settings.max_tracks = tracks.map_or(Ok(settings.max_tracks), number)?;
    settings.per_user = each.map_or(Ok(settings.per_user), number)?;
    settings.max_duration = seconds.map_or(Ok(settings.max_duration), number)?;
    Ok(Message::LimitsSet {
        tracks: settings.max_tracks.get().into(),
        each: settings.per_user.get().into(),
        length: Span(settings.max_duration.get()),
    })
}

fn block(settings: &mut GuildSettings, artist: &str) -> Result<Message, Refused> {
    settings.blocked_artists.block(artist).map_err(|error| match error {
        BlocklistError::Blank => Refused::Because(Message::TextBlank),
        BlocklistError::Full => Refused::Because(Message::ArtistsTooMany { max: BLOCKED_ARTISTS_MAX as u64 }),
    })?;
    Ok(Message::ArtistBlockAdded { artist: Escaped::within(artist, 100) })
}

fn unblock(settings: &mut GuildSettings, artist: &str) -> Result<Message, Refused> {
    let artist_shown = Escaped::within(artist, 100);
    if settings.blocked_artists.unblock(artist) {
        return Ok(Message::ArtistBlockRemoved { artist: artist_shown });
    }
    Err(Refused::Because(Message::ArtistNotBlocked { artist: artist_shown }))
}

fn locale(settings: &mut GuildSettings, tag: &str) -> Result<Message, Refused> {
    if tag == "auto" {
        settings.locale = None;
        return Ok(Message::LocaleAuto);
    }
    let unknown = || Refused::Option(shared::discord::envelope::OptionError::WrongType { field: "language" });
    Locale::of(tag).ok_or_else(unknown)?;
    settings.locale = Some(LocaleTag::try_from(tag.to_owned()).map_err(|_| unknown())?);
    Ok(Message::LocaleSet)
}
