//! A community's settings (SPEC P9).

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use shared::domain::playback::Volume;
use shared::domain::settings::{
    Blocklist, GuildSettings, LocaleTag, MaxDuration, MaxTracks, OutOfRange, PerUser, VotePercent,
};
use shared::http_error::HttpError;
use shared::ids::RoleId;
use shared::store::Applied;

use crate::audited::{Deed, TRIES};
use crate::reply::Reply;
use crate::visit::{Visit, busy};

/// What a community has decided for itself.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Settings {
    /// The Discord role that controls the music; none: everybody does.
    dj_role: Option<String>,
    /// The Discord roles that moderate it.
    moderator_roles: Vec<String>,
    /// How long the queue may be.
    max_tracks: u16,
    /// How much of it one person may have.
    per_user: u16,
    /// How long a track may be, in seconds.
    max_duration_s: u32,
    /// Whether tracks that are marked explicit are refused.
    explicit_refused: bool,
    /// Whose tracks are refused.
    blocked_artists: Vec<String>,
    /// Whether each track is announced.
    announce: bool,
    /// Loudness of a new queue, in percent.
    default_volume: u8,
    /// Votes that skip, in percent of the listeners.
    vote_skip: u8,
    /// One language for everybody, as Discord names it.
    locale: Option<String>,
}

/// What is to be changed. What is not named stays; `null` takes a role or a language away.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChangeSettings {
    #[schemars(with = "Option<String>")]
    dj_role: Named<RoleId>,
    #[schemars(with = "Option<Vec<String>>", length(max = 10))]
    moderator_roles: Option<Vec<RoleId>>,
    #[schemars(range(min = 1, max = 10_000))]
    max_tracks: Option<u32>,
    #[schemars(range(min = 1, max = 100))]
    per_user: Option<u32>,
    #[schemars(range(min = 1, max = 86_400))]
    max_duration_s: Option<u32>,
    explicit_refused: Option<bool>,
    #[schemars(length(max = 100))]
    blocked_artists: Option<Vec<String>>,
    announce: Option<bool>,
    #[schemars(range(min = 0, max = 100))]
    default_volume: Option<u32>,
    #[schemars(range(min = 1, max = 100))]
    vote_skip: Option<u32>,
    #[schemars(with = "Option<String>")]
    locale: Named<LocaleTag>,
}

/// A field that can be left away, taken away with `null`, or set.
#[derive(Clone, Debug, Default)]
enum Named<T> {
    #[default]
    Not,
    To(Option<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::To)
    }
}

pub(crate) async fn view(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let found = visit.read(visit.app.settings.load(visit.guild()?).await)?;
    Ok(Reply::ok(&shown(&found.settings)))
}

pub(crate) async fn change(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: ChangeSettings = visit.body()?;
    let guild = visit.guild()?;
    let deed = Deed::new(visit, "settings", Some(guild))?;
    for _ in 0..TRIES {
        let mut seen = visit.read(visit.app.settings.load(guild).await)?;
        asked.make(&mut seen.settings)?;
        let (saved, change) = visit.wrote(visit.app.settings.plan(guild, seen))?;
        if deed.write([change]).await? == Applied::Done {
            return Ok(Reply::ok(&shown(&saved.settings)));
        }
    }
    Err(busy())
}

impl ChangeSettings {
    /// All of it or nothing.
    fn make(&self, settings: &mut GuildSettings) -> Result<(), HttpError> {
        let mut next = settings.clone();
        if let Named::To(role) = self.dj_role {
            next.dj_role = role;
        }
        if let Some(roles) = &self.moderator_roles {
            let set = next.set_moderator_roles(roles);
            set.map_err(|bad| HttpError::field("moderator_roles", bad.to_string()))?;
        }
        set("max_tracks", &mut next.max_tracks, self.max_tracks, MaxTracks::try_from)?;
        set("per_user", &mut next.per_user, self.per_user, PerUser::try_from)?;
        set("max_duration_s", &mut next.max_duration, self.max_duration_s, MaxDuration::try_from)?;
        set("default_volume", &mut next.default_volume, self.default_volume, Volume::try_from)?;
        set("vote_skip", &mut next.vote_skip, self.vote_skip, VotePercent::try_from)?;
        next.explicit_refused = self.explicit_refused.unwrap_or(next.explicit_refused);
        next.announce = self.announce.unwrap_or(next.announce);
        if let Named::To(locale) = &self.locale {
            next.locale.clone_from(locale);
        }
        if let Some(artists) = &self.blocked_artists {
            let mut list = Blocklist::default();
            for artist in artists {
                list.block(artist).map_err(|bad| HttpError::field("blocked_artists", bad.to_string()))?;
            }
            next.blocked_artists = list;
        }
        *settings = next;
        Ok(())
    }
}

fn set<T>(
    name: &'static str,
    to: &mut T,
    number: Option<u32>,
    make: fn(u32) -> Result<T, OutOfRange>,
) -> Result<(), HttpError> {
    if let Some(number) = number {
        *to = make(number).map_err(|bad| HttpError::field(name, bad.to_string()))?;
    }
    Ok(())
}

fn shown(settings: &GuildSettings) -> Settings {
    Settings {
        dj_role: settings.dj_role.map(|role| role.to_string()),
        moderator_roles: settings.moderator_roles().iter().map(ToString::to_string).collect(),
        max_tracks: settings.max_tracks.get(),
        per_user: settings.per_user.get(),
        max_duration_s: settings.max_duration.get(),
        explicit_refused: settings.explicit_refused,
        blocked_artists: settings.blocked_artists.names().map(str::to_owned).collect(),
        announce: settings.announce,
        default_volume: settings.default_volume.get(),
        vote_skip: settings.vote_skip.get(),
        locale: settings.locale.as_ref().map(|tag| tag.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn changed(body: Value) -> Result<Value, HttpError> {
        let asked: ChangeSettings = serde_json::from_value(body).unwrap();
        let mut settings = GuildSettings::default();
        asked.make(&mut settings)?;
        Ok(serde_json::to_value(shown(&settings)).unwrap())
    }

    #[test]
    fn what_is_not_named_stays() {
        let before = changed(json!({})).unwrap();
        let after = changed(json!({ "per_user": 7 })).unwrap();
        for (name, value) in before.as_object().unwrap() {
            assert_eq!(after[name] == *value, name != "per_user", "{name}");
        }
    }

    #[test]
    fn null_takes_away_and_a_number_out_of_range_is_named() {
        let asked: ChangeSettings =
            serde_json::from_value(json!({ "dj_role": null, "locale": "de" })).unwrap();
        let mut settings = GuildSettings::default();
        settings.dj_role = Some(RoleId::new(7));
        asked.make(&mut settings).unwrap();
        assert_eq!((settings.dj_role, settings.locale.as_ref().map(LocaleTag::as_str)), (None, Some("de")));
        for (field, value) in [
            ("per_user", json!(0)),
            ("max_tracks", json!(10_001)),
            ("max_duration_s", json!(0)),
            ("default_volume", json!(101)),
            ("vote_skip", json!(0)),
            ("blocked_artists", json!([""])),
            ("moderator_roles", json!(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"])),
        ] {
            let refused = changed(json!({ field: value })).unwrap_err().answer(None);
            assert!(refused.body().contains(field), "{field}");
        }
    }

    proptest! {
        /// A change that is refused changes nothing.
        #[test]
        fn all_of_it_or_nothing(per_user in 0_u32..200, vote_skip in 0_u32..200) {
            let asked = ChangeSettings { per_user: Some(per_user), vote_skip: Some(vote_skip), ..ChangeSettings::default() };
            let mut settings = GuildSettings::default();
            let made = asked.make(&mut settings).is_ok();
            prop_assert_eq!(made, (1..=100).contains(&per_user) && (1..=100).contains(&vote_skip));
            prop_assert!(made || settings == GuildSettings::default());
        }
    }
}
