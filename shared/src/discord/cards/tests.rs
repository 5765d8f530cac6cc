use insta::assert_json_snapshot;
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{
    discord::{
        commands,
        components::{Picture, assert_valid},
        response::Card,
        words::Locale,
    },
    domain::{
        access,
        incident::{Alert, Severity, Status},
        queue::NOBODY,
        track::Track,
    },
    ids::{GuildId, RoleId, UserId},
    security::{
        custom_id::{AuditFilter, ErasureAsked, Handle, Loop},
        secret::Secret,
        track_url::{Query, UrlPolicy},
    },
};

const TENANT: &str = "42";
const ENTRY: Handle = Handle::new([7; 10]);

fn ids() -> CustomIds {
    CustomIds::new(vec![("k1".to_owned(), Secret::new([1; 32]))]).unwrap()
}

fn english(ids: &CustomIds) -> Ui<'_> {
    Ui::new(Words::new(Locale::English), ids, TENANT)
}

fn song() -> TrackView<'static> {
    TrackView {
        title: "Don't Stop [Remaster] *2004*",
        artist: Some("Fleetwood Mac"),
        url: Some("https://music.example/watch?v=1&list=2"),
        duration_s: Some(193),
        requester: Some(UserId::new(9)),
        picture: Some(Picture::At("https://img.example/1.jpg")),
    }
}

fn bare(title: &str) -> TrackView<'_> {
    TrackView {
        title,
        artist: None,
        url: None,
        duration_s: None,
        requester: Some(UserId::new(8)),
        picture: None,
    }
}

fn playing() -> PlayerView<'static> {
    PlayerView {
        track: Some(song()),
        paused: false,
        position_s: Some(83),
        repeat: Loop::Off,
        volume: 100,
        next: Some("R&B"),
        has_previous: true,
        passed_over: None,
        notice: None,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

#[test]
fn queued_cards() {
    let ids = ids();
    let ui = english(&ids);
    assert_json_snapshot!("queued_at_3", queued(ui, &song(), Added::At(3), ENTRY).components());
    assert_json_snapshot!("queued_now_bare", queued(ui, &bare("cardboard"), Added::Now, ENTRY).components());
}

#[test]
fn player_cards() {
    let ids = ids();
    let ui = english(&ids);
    assert_json_snapshot!("player_playing", player(ui, &playing()).components());
    let paused = PlayerView { paused: true, repeat: Loop::Queue, next: None, volume: 0, ..playing() };
    assert_json_snapshot!("player_paused", player(ui, &paused).components());
    let idle = PlayerView { track: None, position_s: None, has_previous: false, next: None, ..playing() };
    assert_json_snapshot!("player_idle", player(ui, &idle).components());
    let missing = PassedOver { title: "Don't *Stop*", code: "source-not-found" };
    let after = PlayerView { passed_over: Some(missing), ..playing() };
    assert_json_snapshot!("player_after_a_failure", player(ui, &after).components());
    let away = PlayerView { paused: true, notice: Some(Notice::ThrownOut), ..playing() };
    assert_json_snapshot!("player_thrown_out", player(ui, &away).components());
}

#[test]
fn queue_pages() {
    let ids = ids();
    let rows = [song(), bare("שיר"), bare("# not a heading")];
    let view = QueueView { now: Some(song()), rows: &rows, total: 23, page: Page::new(1, 23, PAGE_ROWS) };
    assert_json_snapshot!("queue_page_2", queue(english(&ids), &view).components());
    let disowned = [TrackView { requester: None, ..song() }];
    let view =
        QueueView { now: Some(disowned[0]), rows: &disowned, total: 1, page: Page::new(0, 1, PAGE_ROWS) };
    assert_json_snapshot!("queue_of_somebody", queue(english(&ids), &view).components());
    let empty = QueueView { now: None, rows: &[], total: 0, page: Page::new(0, 0, PAGE_ROWS) };
    assert_json_snapshot!("queue_empty", queue(english(&ids), &empty).components());
}

#[test]
fn notices() {
    let words = Words::new(Locale::German);
    assert_json_snapshot!("notice_good", notice(words, Tone::Good, &Message::Paused).components());
    let error = Message::StoreUnavailable { support: crate::discord::escape::Escaped::new("7KQ2M9XA") };
    assert_json_snapshot!("notice_error", notice(words, Tone::Error, &error).components());
}

/// Whoever is erased is in no sentence, and in none of them is a mention of nobody.
#[test]
fn who_is_erased_is_somebody_in_every_language() {
    let ids = ids();
    for locale in Locale::ALL {
        let ui = Ui::new(Words::new(locale), &ids, TENANT);
        let query = Query::parse("Blue Monday", UrlPolicy { allow_http: false }).unwrap();
        let track = Track::from_query(query);
        let track = TrackView::of(&track, NOBODY);
        let view = PlayerView { track: Some(track), ..playing() };
        let listed = [HistoryRow { track, at: at(0) }];
        let cards = [
            player(ui, &view),
            queued(ui, &track, Added::Now, ENTRY),
            history(ui, &listed, Page::new(0, 1, PAGE_ROWS)),
        ];
        for card in cards {
            let json = serde_json::to_string(card.components()).unwrap();
            assert!(json.contains(&Words::new(locale).say(&Message::Somebody)), "{json}");
            assert!(!json.contains("<@"), "{json}");
        }
    }
}

#[test]
fn list_cards() {
    let ids = ids();
    let ui = english(&ids);
    let played = [HistoryRow { track: song(), at: at(0) }, HistoryRow { track: bare("x"), at: at(60) }];
    assert_json_snapshot!("history", history(ui, &played, Page::new(0, 2, PAGE_ROWS)).components());
    let saved = [PlaylistRow { name: "road_trip", owner: UserId::new(9), tracks: 1 }];
    assert_json_snapshot!("playlists", playlists(ui, &saved, Page::new(0, 1, PAGE_ROWS)).components());
    assert_json_snapshot!("playlists_empty", playlists(ui, &[], Page::new(0, 0, PAGE_ROWS)).components());
}

fn set() -> SettingsView<'static> {
    SettingsView {
        dj_role: Some(RoleId::new(5)),
        moderators: &[],
        max_tracks: 100,
        per_user: 3,
        max_duration_s: 600,
        explicit_allowed: true,
        blocked_artists: &["Guns N' Roses", "@everyone"],
        volume: 80,
        announce: false,
        language: Some(Locale::Japanese),
        vote_skip: 50,
        twitch: Some(("sr", Some("*Song* request"))),
    }
}

#[test]
fn settings_and_questions() {
    let ids = ids();
    let ui = english(&ids);
    assert_json_snapshot!("settings", settings(ui, &set()).components());
    assert_json_snapshot!("confirm_clear", confirm(ui, Question::Clear(12)).components());
    let delete = Question::DeletePlaylist("road trip", Handle::of_name("road trip"));
    assert_json_snapshot!("confirm_delete", confirm(ui, delete).components());
    let erase = Question::Erase(ErasureAsked::new(UserId::new(9), at(0)));
    assert_json_snapshot!("confirm_erase", confirm(ui, erase).components());
}

#[test]
fn operators_lists() {
    let ids = ids();
    let ui = english(&ids);
    let waits = GuildRow {
        guild: GuildId::new(77),
        status: GuildStatus::Pending,
        since: at(0),
        reason: Some("for our *study* group"),
        reviewer: None,
    };
    let gone =
        GuildRow { status: GuildStatus::Revoked, reviewer: Some(UserId::new(3)), reason: None, ..waits };
    assert_json_snapshot!(
        "guilds",
        guilds(ui, &[waits, gone], Page::new(0, 2, GUILD_ROWS), None).components()
    );
    let row = AuditRow {
        seq: 7,
        at: at(0),
        admin: "u:k1:0123456789abcdef",
        action: "access.approve",
        resource: "guild 77",
    };
    assert_json_snapshot!(
        "audit",
        audit(ui, &[row], Page::new(0, 1, PAGE_ROWS), AuditFilter::default()).components()
    );
}

#[test]
fn help_pages_are_in_the_readers_words() {
    let ids = ids();
    assert_json_snapshot!("help_first", help(english(&ids), 0).components());
    let japanese = Ui::new(Words::new(Locale::Japanese), &ids, TENANT);
    assert_json_snapshot!("help_last_ja", help(japanese, u32::MAX).components());
}

#[test]
fn help_knows_every_command_and_no_other() {
    let on_pages: Vec<_> = TOPICS.iter().flat_map(|(_, commands)| *commands).copied().collect();
    let known: Vec<_> = commands::paths().into_iter().map(|(path, _)| path).collect();
    assert!(on_pages.iter().all(|path| known.iter().any(|known| known == path)));
    for spec in commands::TABLE.into_iter().flatten().filter(|spec| spec.name != "Play this") {
        let shown = on_pages.iter().any(|path| path.split(' ').next() == Some(spec.name));
        assert!(shown, "/{} is on no page", spec.name);
    }
}

#[test]
fn a_page_past_the_end_is_the_last() {
    let page = Page::new(9, 21, PAGE_ROWS);
    assert_eq!((page.number(), page.skip(PAGE_ROWS)), (2, 20));
    assert_eq!(Page::new(5, 0, PAGE_ROWS).number(), 0);
    assert_eq!(Page::new(u32::MAX, 10, 0).number(), 9);
}

#[test]
fn buttons_work_for_their_own_tenant_only() {
    let ids = ids();
    let json = serde_json::to_value(player(english(&ids), &playing()).components()).unwrap();
    let rows = json[0]["components"].as_array().unwrap().iter().filter(|part| part["type"] == 1);
    let buttons: Vec<_> = rows.flat_map(|row| row["components"].as_array().unwrap()).collect();
    let actions: Vec<_> = buttons
        .iter()
        .map(|button| ids.parse(button["custom_id"].as_str().unwrap(), TENANT).unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            Action::Previous,
            Action::Pause,
            Action::Skip,
            Action::Shuffle,
            Action::Loop(Loop::Track),
            Action::VolumeDown,
            Action::VolumeUp,
            Action::QueuePage(0),
        ]
    );
    for button in buttons {
        assert!(ids.parse(button["custom_id"].as_str().unwrap(), "43").is_err());
    }
}

/// Every card, with one untrusted text wherever a text can be.
fn every_card(ui: Ui<'_>, text: &str, number: u32) -> Vec<Card> {
    let track = TrackView {
        title: text,
        artist: Some(text),
        url: Some(text),
        duration_s: Some(number),
        requester: Some(UserId::new(u64::MAX)),
        picture: Some(Picture::At(text)),
    };
    let rows = [track; PAGE_ROWS + 2];
    let page = Page::new(number, usize::MAX, PAGE_ROWS);
    let guild = GuildRow {
        guild: GuildId::new(u64::MAX),
        status: GuildStatus::Pending,
        since: Timestamp::MAX,
        reason: Some(text),
        reviewer: Some(UserId::new(u64::MAX)),
    };
    // Discord refuses two equal buttons, so each guild has its own id, as in life.
    let guilds_rows: Vec<_> = (1..8).map(|id| GuildRow { guild: GuildId::new(id), ..guild }).collect();
    let audit_row = AuditRow { seq: u64::MAX, at: Timestamp::MAX, admin: text, action: text, resource: text };
    let blocked = [text; 100];
    let player_view = PlayerView {
        track: Some(track),
        position_s: Some(number),
        next: Some(text),
        passed_over: Some(PassedOver { title: text, code: text }),
        notice: Some(Notice::ShutOut),
        ..playing()
    };
    vec![
        queued(ui, &track, Added::At(number.into()), ENTRY),
        player(ui, &player_view),
        queue(ui, &QueueView { now: Some(track), rows: &rows, total: usize::MAX, page }),
        history(ui, &rows.map(|track| HistoryRow { track, at: Timestamp::MAX }), page),
        playlists(
            ui,
            &[PlaylistRow { name: text, owner: UserId::new(u64::MAX), tracks: u64::MAX }; 12],
            page,
        ),
        settings(
            ui,
            &SettingsView { blocked_artists: &blocked, moderators: &[RoleId::new(u64::MAX); 10], ..set() },
        ),
        guilds(ui, &guilds_rows, page, Some(access::Status::Pending)),
        audit(
            ui,
            &[audit_row; 12],
            page,
            AuditFilter { guild: Some(GuildId::new(u64::MAX)), hours: Some(720) },
        ),
        incidents(
            ui,
            &[IncidentRow {
                id: "I-4fa2c1",
                alert: Alert::ThirdPartyKeyAge,
                label: Some(text),
                severity: Severity::P0,
                status: Status::Acknowledged,
                since: Timestamp::MAX,
                count: u64::MAX,
                silenced_until: Some(Timestamp::MAX),
                review_by: Some(Timestamp::MAX),
            }; 12],
            page,
        ),
        confirm(ui, Question::DeletePlaylist(text, ENTRY)),
        confirm(ui, Question::Erase(ErasureAsked::new(UserId::new(u64::MAX), Timestamp::MAX))),
        privacy(ui.words()),
        download(
            ui.words(),
            "https://bucket.example/exports/0.zip?X-Amz-Signature=0",
            Timestamp::MAX,
            Timestamp::MAX,
        ),
        help(ui, number),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_makes_a_card_that_discord_refuses(text in "\\PC{0,400}|[*_\\[\\]()<>@#|`~\\\\]{0,400}", number: u32, locale in 0_usize..6) {
        let ids = ids();
        let ui = Ui::new(Words::new(Locale::ALL[locale]), &ids, "18446744073709551615");
        for card in every_card(ui, &text, number) {
            assert_valid(card.components());
        }
    }
}

/// The lists are laid out so that nothing is cut: the guard in `fit` is for what nobody thought of.
#[test]
fn a_full_page_of_the_longest_rows_is_shown_whole() {
    let ids = ids();
    let longest = "*".repeat(200);
    let track = TrackView {
        artist: Some(&longest),
        requester: Some(UserId::new(u64::MAX)),
        duration_s: Some(86_399),
        ..bare(&longest)
    };
    let rows = [track; PAGE_ROWS];
    let view =
        QueueView { now: Some(track), rows: &rows, total: 10_000, page: Page::new(999, 10_000, PAGE_ROWS) };
    let json = serde_json::to_string(queue(english(&ids), &view).components()).unwrap();
    assert!(json.contains("`10000`"));
    let played = [HistoryRow { track, at: Timestamp::MAX }; PAGE_ROWS];
    let json =
        serde_json::to_string(history(english(&ids), &played, Page::new(0, 10, PAGE_ROWS)).components())
            .unwrap();
    assert_eq!(json.matches("<t:").count(), PAGE_ROWS);
}
