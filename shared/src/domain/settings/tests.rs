use super::*;
use crate::security::track_url::{Query, UrlPolicy};

fn track() -> Track {
    Track::from_query(Query::parse("song", UrlPolicy::HTTPS_ONLY).unwrap())
}

#[test]
fn the_defaults_are_those_of_the_catalogue() {
    let settings = GuildSettings::default();
    assert_eq!(settings.max_tracks.get(), 100);
    assert_eq!(settings.per_user.get(), 3);
    assert_eq!(settings.max_duration.get(), 600);
    assert_eq!(settings.default_volume.get(), 100);
    assert_eq!(settings.vote_skip.get(), 50);
    assert!(!settings.explicit_refused);
    assert_eq!(MaxTracks::MAX, 10_000);
}

#[test]
fn each_limit_refuses_with_itself() {
    let settings = GuildSettings::default();
    let admits = |own, total, exempt| settings.admits(&track(), own, total, exempt);
    assert_eq!(admits(2, 99, false), Ok(()));
    assert_eq!(admits(3, 99, false), Err(QueueRefusal::TooManyForUser { limit: 3 }));
    assert_eq!(admits(3, 99, true), Ok(()));
    assert_eq!(admits(0, 100, true), Err(QueueRefusal::QueueFull { limit: 100 }));
}

#[test]
fn length_counts_once_it_is_known() {
    let settings = GuildSettings::default();
    assert_eq!(settings.allows(&track().with_duration_s(600)), Ok(()));
    assert_eq!(settings.allows(&track().with_duration_s(601)), Err(QueueRefusal::TooLong { limit_s: 600 }));
    assert_eq!(settings.allows(&track()), Ok(()));
}

#[test]
fn explicit_words_and_unwanted_artists() {
    let mut settings = GuildSettings { explicit_refused: true, ..GuildSettings::default() };
    settings.blocked_artists.block("Nickelback").unwrap();
    assert_eq!(settings.allows(&track().with_explicit(true)), Err(QueueRefusal::ExplicitNotAllowed));
    assert_eq!(settings.allows(&track().with_explicit(false)), Ok(()));
    assert_eq!(settings.allows(&track().with_artist("NICKELBACK")), Err(QueueRefusal::BlockedArtist));
    assert_eq!(settings.allows(&track().with_artist("Nickel Creek")), Ok(()));
}

#[test]
fn ten_roles_moderate_at_most() {
    let mut settings = GuildSettings::default();
    let roles: Vec<RoleId> = (1..=11).map(RoleId::new).collect();
    assert_eq!(settings.set_moderator_roles(&roles), Err(TooManyRoles));
    let repeated = [&roles[..10], &roles[..10]].concat();
    assert_eq!(settings.set_moderator_roles(&repeated), Ok(()));
    assert_eq!(settings.moderator_roles(), &roles[..10]);
}

#[test]
fn locales_have_discords_shape() {
    for good in ["de", "pt-BR", "es-419", "en-US"] {
        assert_eq!(LocaleTag::try_from(good.to_owned()).unwrap().as_str(), good);
    }
    for bad in ["", "d", "english", "pt_BR", "de-", "../x", "de-DE-x"] {
        assert_eq!(LocaleTag::try_from(bad.to_owned()), Err(NotALocale), "{bad}");
    }
}

#[test]
fn a_row_of_an_older_version_reads_with_defaults() {
    let settings: GuildSettings = serde_json::from_str(r#"{"per_user": 5}"#).unwrap();
    assert_eq!(
        settings,
        GuildSettings { per_user: PerUser::try_from(5).unwrap(), ..GuildSettings::default() }
    );
    assert!(serde_json::from_str::<GuildSettings>(r#"{"per_user": 101}"#).is_err());
}
