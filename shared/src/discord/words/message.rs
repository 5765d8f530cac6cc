//! Every message of `bot.ftl` as a variant with its arguments, so that a wrong name or type does not compile.

use fluent_bundle::FluentArgs;

use super::{Arg, Escaped, Moment, Span};
use crate::domain::accounts::Provider;
use crate::ids::{GuildId, RoleId, UserId};

macro_rules! messages {
    ($($id:literal $name:ident $({ $($arg:ident: $kind:ty),+ })?),+ $(,)?) => {
        /// Something that the bot says; see `locales/en-US/bot.ftl` for the words (SPEC P16).
        #[derive(Clone, Debug, PartialEq)]
        pub enum Message {
            $(
                #[doc = concat!("`", $id, "`")]
                $name $({
                    $(
                        #[doc = concat!("`$", stringify!($arg), "`")]
                        $arg: $kind,
                    )+
                })?,
            )+
        }

        impl Message {
            /// The id of each message with the names of its arguments.
            pub const ALL: &[(&str, &[&str])] = &[$(($id, &[$($(stringify!($arg)),+)?])),+];

            /// The message's id in the files.
            pub const fn id(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $id,)+
                }
            }

            pub(super) fn args(&self) -> FluentArgs<'_> {
                let mut args = FluentArgs::new();
                match self {
                    $(Self::$name $({ $($arg),+ })? => { $($(args.set(stringify!($arg), $arg.value());)+)? })+
                }
                args
            }

            #[cfg(test)]
            pub(in crate::discord) fn samples(count: u64) -> Vec<Self> {
                vec![$(Self::$name $({ $($arg: <$kind as Arg>::sample(count)),+ })?),+]
            }
        }
    };
}

messages! {
    // Who may
    "access-missing" AccessMissing,
    "access-pending" AccessPending,
    "access-denied" AccessDenied,
    "access-revoked" AccessRevoked,
    "access-banned" AccessBanned { until: Moment },
    "access-unreadable" AccessUnreadable,
    "containment-paused" ContainmentPaused,
    "rate-user" RateUser { until: Moment },
    "rate-command" RateCommand { until: Moment },
    "rate-guild" RateGuild { until: Moment },
    "need-dj" NeedDj { role: RoleId },
    "need-moderator" NeedModerator,
    "need-manage-guild" NeedManageGuild,
    "need-operator" NeedOperator,
    "not-in-dm" NotInDm,
    // What was typed
    "option-bad" OptionBad { field: Escaped },
    "text-blank" TextBlank,
    "text-too-long" TextTooLong { max: u64 },
    "text-control" TextControl,
    "text-bidi" TextBidi,
    "text-form" TextForm,
    "url-malformed" UrlMalformed,
    "url-scheme" UrlScheme,
    "url-userinfo" UrlUserinfo,
    "url-private" UrlPrivate,
    "url-port" UrlPort,
    "url-too-long" UrlTooLong { max: u64 },
    "number-range" NumberRange { max: u64, min: u64 },
    "time-form" TimeForm,
    "guild-id-bad" GuildIdBad,
    "message-nothing" MessageNothing,
    // When something is wrong on our side
    "store-unavailable" StoreUnavailable { support: Escaped },
    "busy" Busy,
    "internal" Internal { support: Escaped },
    "reply-deadline" ReplyDeadline { support: Escaped },
    // Voice
    "voice-joined" VoiceJoined,
    "voice-no-channel" VoiceNoChannel,
    "voice-shut-out" VoiceShutOut,
    "voice-thrown-out" VoiceThrownOut,
    "voice-unencrypted" VoiceUnencrypted,
    "votes-count" VotesCount { votes: u64, needed: u64 },
    "votes-passed" VotesPassed,
    "source-failed" SourceFailed { code: Escaped },
    "unknown-command" UnknownCommand,
    "component-expired" ComponentExpired,
    // Choices while typing (no markdown there)
    "choice-refused" ChoiceRefused,
    "choice-slow-down" ChoiceSlowDown,
    "choice-unavailable" ChoiceUnavailable,
    // The queue
    "queued-now" QueuedNow { title: Escaped },
    "queued-at" QueuedAt { position: u64, title: Escaped },
    "queued-next" QueuedNext { title: Escaped },
    "queued-many" QueuedMany { count: u64 },
    "queue-full" QueueFull { limit: u64 },
    "user-limit" UserLimit { limit: u64 },
    "track-too-long" TrackTooLong { length: Span },
    "artist-blocked" ArtistBlocked,
    "explicit-refused" ExplicitRefused,
    "queue-empty" QueueEmpty,
    "nothing-playing" NothingPlaying,
    "no-such-position" NoSuchPosition { len: u64 },
    "entry-gone" EntryGone,
    "not-your-track" NotYourTrack,
    "moved-on" MovedOn,
    "removed" Removed { title: Escaped },
    "moved" Moved { position: u64, title: Escaped },
    "shuffled" Shuffled { count: u64 },
    "cleared" Cleared { count: u64 },
    "clear-ask" ClearAsk { count: u64 },
    "jumped" Jumped { title: Escaped },
    // Playing
    "loop-off" LoopOff,
    "loop-track" LoopTrack,
    "loop-queue" LoopQueue,
    "skipped" Skipped { title: Escaped },
    "skipped-last" SkippedLast,
    "went-back" WentBack { title: Escaped },
    "previous-none" PreviousNone,
    "replayed" Replayed { title: Escaped },
    "paused" Paused,
    "already-paused" AlreadyPaused,
    "resumed" Resumed,
    "already-playing" AlreadyPlaying,
    "stopped" Stopped,
    "left" Left,
    "not-there" NotThere,
    "voice-off" VoiceOff,
    "volume-set" VolumeSet { percent: u64 },
    "seeked" Seeked { at: Span },
    "seek-past" SeekPast { length: Span },
    "pong" Pong { ms: u64 },
    "history-empty" HistoryEmpty,
    // Playlists
    "playlist-saved" PlaylistSaved { count: u64, name: Escaped },
    "playlist-loaded" PlaylistLoaded { count: u64, name: Escaped },
    "playlist-loaded-some" PlaylistLoadedSome { count: u64, name: Escaped, skipped: u64 },
    "playlist-deleted" PlaylistDeleted { name: Escaped },
    "playlist-delete-ask" PlaylistDeleteAsk { name: Escaped },
    "playlists-empty" PlaylistsEmpty,
    "playlist-not-found" PlaylistNotFound { name: Escaped },
    "playlist-exists" PlaylistExists { name: Escaped },
    "playlist-too-many" PlaylistTooMany { max: u64 },
    "playlist-not-yours" PlaylistNotYours { name: Escaped },
    "playlist-too-long" PlaylistTooLong { max: u64 },
    "playlist-nothing-to-save" PlaylistNothingToSave,
    // Settings
    "dj-set" DjSet { role: RoleId },
    "dj-cleared" DjCleared,
    "moderator-added" ModeratorAdded { role: RoleId },
    "moderator-removed" ModeratorRemoved { role: RoleId },
    "moderator-too-many" ModeratorTooMany { max: u64 },
    "limits-set" LimitsSet { length: Span, each: u64, tracks: u64 },
    "explicit-allowed" ExplicitAllowed,
    "explicit-off" ExplicitOff,
    "artist-block-added" ArtistBlockAdded { artist: Escaped },
    "artist-block-removed" ArtistBlockRemoved { artist: Escaped },
    "artist-not-blocked" ArtistNotBlocked { artist: Escaped },
    "artists-too-many" ArtistsTooMany { max: u64 },
    "default-volume-set" DefaultVolumeSet { percent: u64 },
    "announce-on" AnnounceOn,
    "announce-off" AnnounceOff,
    "locale-set" LocaleSet,
    "locale-auto" LocaleAuto,
    "vote-skip-set" VoteSkipSet { percent: u64 },
    "settings-unchanged" SettingsUnchanged,
    "settings-reset-done" SettingsResetDone,
    "settings-reset-ask" SettingsResetAsk,
    // Linked accounts
    "link-offer" LinkOffer { provider: Provider, until: Moment },
    "link-button" LinkButton { provider: Provider },
    "linking-off" LinkingOff,
    "accounts-none" AccountsNone,
    "account-linked" AccountLinked { provider: Provider, since: Moment },
    "account-pending" AccountPending { provider: Provider },
    "account-lapsed" AccountLapsed { provider: Provider },
    "unlinked" Unlinked { provider: Provider },
    "unlinked-quietly" UnlinkedQuietly { provider: Provider },
    "not-linked" NotLinked { provider: Provider },
    "unlink-later" UnlinkLater { provider: Provider },
    "imported" Imported { count: u64, name: Escaped, provider: Provider },
    "imported-some" ImportedSome { count: u64, name: Escaped, provider: Provider },
    "import-address" ImportAddress,
    "import-not-linked" ImportNotLinked { provider: Provider },
    "import-not-found" ImportNotFound { provider: Provider },
    "import-empty" ImportEmpty,
    "import-later" ImportLater { provider: Provider },
    // The page on which an account is linked: plain text
    "page-link-title" PageLinkTitle { provider: Provider },
    "page-link-who" PageLinkWho,
    "page-link-reads-playlists" PageLinkReadsPlaylists,
    "page-link-reads-channel" PageLinkReadsChannel,
    "page-link-knows-you" PageLinkKnowsYou,
    "page-link-keeps" PageLinkKeeps { provider: Provider },
    "page-link-go" PageLinkGo { provider: Provider },
    "page-link-not-you" PageLinkNotYou,
    "page-done-title" PageDoneTitle { provider: Provider },
    "page-done" PageDone,
    "page-failed-title" PageFailedTitle,
    "page-unknown" PageUnknown,
    "page-other-browser" PageOtherBrowser,
    "page-mix-up" PageMixUp,
    "page-denied" PageDenied { provider: Provider },
    "page-too-little" PageTooLittle { provider: Provider },
    "page-taken" PageTaken { provider: Provider },
    "page-service-failed" PageServiceFailed { provider: Provider },
    "page-unavailable" PageUnavailable,
    "page-not-set-up" PageNotSetUp { provider: Provider },
    "page-slow-down" PageSlowDown,
    // What comes with later parts
    "later-export" LaterExport,
    "later-delete" LaterDelete,
    "later-privacy-status" LaterPrivacyStatus,
    "later-incidents" LaterIncidents,
    "privacy-what" PrivacyWhat,
    // Access and operation
    "request-made" RequestMade,
    "request-already-pending" RequestAlreadyPending,
    "request-too-soon" RequestTooSoon { until: Moment },
    "request-already-approved" RequestAlreadyApproved,
    "admin-approved" AdminApproved { guild: GuildId },
    "admin-approved-premium" AdminApprovedPremium { guild: GuildId },
    "admin-approved-standard" AdminApprovedStandard { guild: GuildId },
    "admin-denied" AdminDenied { guild: GuildId },
    "admin-revoked" AdminRevoked { guild: GuildId },
    "admin-cap" AdminCap { cap: u64 },
    "admin-not-found" AdminNotFound { guild: GuildId },
    "admin-wrong-state" AdminWrongState { guild: GuildId },
    "admin-list-empty" AdminListEmpty,
    "lockdown-on" LockdownOn,
    "lockdown-already" LockdownAlready,
    "lockdown-resume-asked" LockdownResumeAsked { until: Moment },
    "lockdown-resumed" LockdownResumed,
    "lockdown-same-person" LockdownSamePerson,
    "lockdown-not-on" LockdownNotOn,
    "audit-empty" AuditEmpty,
    // Titles and labels of cards
    "card-queued" CardQueued,
    "card-playing" CardPlaying,
    "card-paused" CardPaused,
    "card-idle" CardIdle,
    "card-queue" CardQueue { count: u64 },
    "card-history" CardHistory,
    "card-playlists" CardPlaylists,
    "card-settings" CardSettings,
    "card-help" CardHelp,
    "card-guilds" CardGuilds,
    "card-audit" CardAudit,
    "card-page" CardPage { page: u64, pages: u64 },
    "card-next-up" CardNextUp { title: Escaped },
    "card-next-none" CardNextNone,
    "card-passed-over" CardPassedOver { title: Escaped },
    "card-requested-by" CardRequestedBy { user: UserId },
    "card-place" CardPlace { position: u64 },
    "card-place-now" CardPlaceNow,
    "card-place-next" CardPlaceNext,
    "card-open-end" CardOpenEnd,
    "card-volume" CardVolume { percent: u64 },
    "card-track-count" CardTrackCount { count: u64 },
    "card-support" CardSupport { support: Escaped },
    "label-dj-role" LabelDjRole,
    "label-moderators" LabelModerators,
    "label-limit-tracks" LabelLimitTracks,
    "label-limit-user" LabelLimitUser,
    "label-limit-length" LabelLimitLength,
    "label-explicit" LabelExplicit,
    "label-blocked" LabelBlocked,
    "label-volume" LabelVolume,
    "label-announce" LabelAnnounce,
    "label-language" LabelLanguage,
    "label-vote-skip" LabelVoteSkip,
    "value-none" ValueNone,
    "value-on" ValueOn,
    "value-off" ValueOff,
    "value-allowed" ValueAllowed,
    "value-refused" ValueRefused,
    "value-auto" ValueAuto,
    "value-percent" ValuePercent { percent: u64 },
    "status-approved" StatusApproved,
    "status-pending" StatusPending,
    "status-denied" StatusDenied,
    "status-revoked" StatusRevoked,
    "button-pause" ButtonPause,
    "button-resume" ButtonResume,
    "button-skip" ButtonSkip,
    "button-previous" ButtonPrevious,
    "button-shuffle" ButtonShuffle,
    "button-loop-off" ButtonLoopOff,
    "button-loop-track" ButtonLoopTrack,
    "button-loop-queue" ButtonLoopQueue,
    "button-louder" ButtonLouder,
    "button-quieter" ButtonQuieter,
    "button-queue" ButtonQueue,
    "button-page-back" ButtonPageBack,
    "button-page-on" ButtonPageOn,
    "button-clear" ButtonClear,
    "button-delete" ButtonDelete,
    "button-reset" ButtonReset,
    "button-cancel" ButtonCancel,
    "button-approve" ButtonApprove,
    "button-deny" ButtonDeny,
    "modal-deny-title" ModalDenyTitle,
    "modal-deny-reason" ModalDenyReason,
    "help-intro" HelpIntro,
    // Missing permissions
    "permissions-missing" PermissionsMissing,
    "permission-view" PermissionView,
    "permission-connect" PermissionConnect,
    "permission-speak" PermissionSpeak,
    "permission-send" PermissionSend,
    "permission-send-threads" PermissionSendThreads,
}
