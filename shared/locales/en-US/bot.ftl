# Every word that the bot says. Untrusted values arrive escaped. `$until` is one of Discord's own relative times
# ("in 3 minutes"), `$role` and `$user` are mentions that ping nobody. Commands stand in backticks as people type them.

## Who may

access-missing = This server does not have access to TimmyBot yet. Someone with **Manage Server** can ask for it with `/admin request`.
access-pending = This server has asked for access and is waiting for an answer. There is nothing more for you to do.
access-denied = This server's request for access was declined. If something has changed, someone with **Manage Server** can ask again with `/admin request`.
access-revoked = This server's access was taken back. Someone with **Manage Server** can ask again with `/admin request`.
access-banned = There were too many attempts without access from this server. I will listen again { $until }.
access-unreadable = I could not check this server's access just now. Please try again in a moment.
containment-paused = I am paused for maintenance, so nothing was changed. Please try again later.
rate-user = That was a lot at once. Please try again { $until }.
rate-command = You have used this command a lot in the last minute. Please try again { $until }.
rate-guild = This server is very busy right now. Please try again { $until }.
need-dj = For this you need the role { $role }, or to moderate the music here.
need-moderator = Only those who moderate the music here can do this. Someone with **Manage Server** can add roles with `/settings moderator-role`.
need-manage-guild = For this you need the permission **Manage Server**.
need-operator = Only TimmyBot's operators can do this.
not-in-dm = This works only on a server. Please use it in one of your server's channels.

## What was typed

option-bad = I could not read the option **{ $field }**. Please choose the command from Discord's list and try again.
text-blank = There is nothing in it that I can read. Please type a few words.
text-too-long = That is too long: at most { $max } characters, please.
text-control = There are control characters in it. Please type it again without them.
text-bidi = There are hidden characters in it that turn text around. Please type it again without them.
text-form = That does not have the form that I expect. Please check it and try again.
url-malformed = That looks like an address but is not a complete one. Please copy it again.
url-scheme = I play only addresses that begin with `https://`.
url-userinfo = There is a user name or password in this address. Please share it without.
url-private = This address is not on the public internet, so I cannot reach it.
url-port = I cannot use the port in this address. Please use one without a port.
url-too-long = This address is too long: at most { $max } characters, please.
number-range = Please choose a number between { $min } and { $max }.
time-form = I did not understand this time. Please write it like `1:30`, or in seconds.
guild-id-bad = That is not a server's id. An id is a long number; `/admin list` shows them.
message-nothing = I found no address and no audio file in this message.

## When something is wrong on our side

store-unavailable = I cannot reach my memory right now. Please try again in a moment. If it stays so, name this id to support: `{ $support }`
busy = Several people changed this at the same moment, and yours was not done. Please try again.
internal = Something went wrong on my side. Please try again; if it stays so, name this id to support: `{ $support }`
reply-deadline = That took too long, so I stopped waiting. Please try again; if it stays so, name this id to support: `{ $support }`
unknown-command = I do not know this command any more. Please reload Discord with Ctrl+R and try again.
component-expired = This button is too old, or was made for another server. Please call the command again.

## Choices while typing (no markdown there)

choice-refused = I cannot suggest anything here yet: see /help
choice-slow-down = One moment, then type on
choice-unavailable = No suggestions right now: just type it out

## The queue

queued-now = **{ $title }** is first in the queue.
queued-at = Added **{ $title }** at place { $position }.
queued-next = **{ $title }** comes next.
queued-many = Added { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 } to the queue.
queue-full = The queue is full: at most { $limit ->
    [one] { $limit } track fits
   *[other] { $limit } tracks fit
 } in. Wait for some to play, or make room with `/remove`.
user-limit = You already have { $limit ->
    [one] { $limit } track
   *[other] { $limit } tracks
 } in the queue, which is the most here. Please wait until one has played.
track-too-long = This track is longer than { $length }, the most that is allowed here.
artist-blocked = This artist's tracks are not played on this server.
explicit-refused = Tracks marked explicit are not played on this server.
queue-empty = The queue is empty. Add something with `/play`.
nothing-playing = Nothing is playing. Start with `/play`.
no-such-position = There is no such place: the queue has { $len ->
    [one] { $len } track
   *[other] { $len } tracks
 }.
entry-gone = This track is no longer in the queue.
not-your-track = Somebody else asked for this track. Those who moderate the music here can change it.
moved-on = Another track is playing by now, so nothing was changed.
removed = Took **{ $title }** out of the queue.
moved = **{ $title }** is now at place { $position }.
shuffled = Shuffled { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 }.
cleared = Removed { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 }. The queue is empty.
clear-ask = Really remove { $count ->
    [one] { $count } track
   *[other] all { $count } tracks
 } from the queue? This cannot be undone.
jumped = On to **{ $title }**.

## Playing

loop-off = Nothing is repeated.
loop-track = The current track is repeated.
loop-queue = The whole queue is repeated.
skipped = Skipped. Next: **{ $title }**.
skipped-last = Skipped. That was the last track; add more with `/play`.
went-back = Back to **{ $title }**.
previous-none = There is no track before this one.
replayed = **{ $title }** starts again.
paused = Paused. Go on with `/resume`.
already-paused = It is paused already. Go on with `/resume`.
resumed = Going on.
already-playing = It is not paused.
stopped = Stopped, and the queue is empty now.
left = I leave the voice channel. The queue stays; `/resume` or `/join` brings me back.
not-there = I am not in the voice channel. `/join` calls me.
voice-off = Voice is not switched on in this installation. I keep the queue ready; `/skip` and the other commands change it.
volume-set = The volume is { $percent } %.
seeked = Jumped to { $at }.
seek-past = The track is only { $length } long.
pong = Pong! I am awake; your request took { $ms } ms.
history-empty = Nothing has been played yet. Start with `/play`.

## Playlists

playlist-saved = Saved { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 } as **{ $name }**. Play it with `/playlist load`.
playlist-loaded = Added { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 } from **{ $name }**.
playlist-loaded-some = Added { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 } from **{ $name }**; { $skipped ->
    [one] { $skipped } was left out
   *[other] { $skipped } were left out
 } because of this server's limits.
playlist-deleted = Deleted the playlist **{ $name }**.
playlist-delete-ask = Really delete the playlist **{ $name }**? This cannot be undone.
playlists-empty = There are no playlists yet. Save the queue with `/playlist save`.
playlist-not-found = There is no playlist called **{ $name }**. `/playlist list` shows them all.
playlist-exists = There is already a playlist called **{ $name }**. Please choose another name, or delete it first with `/playlist delete`.
playlist-too-many = This server already has { $max } playlists, which is the most. Please delete one first with `/playlist delete`.
playlist-not-yours = Only the person who saved **{ $name }**, or a moderator, can do this.
playlist-too-long = A playlist holds at most { $max } tracks.
playlist-nothing-to-save = The queue is empty, so there is nothing to save. Add something with `/play`.

## Settings

dj-set = { $role } may control the music now.
dj-cleared = Everybody may control the music now.
moderator-added = { $role } moderates the music now.
moderator-removed = { $role } no longer moderates the music.
moderator-too-many = At most { $max } roles can moderate the music. Please take one away first.
limits-set = Now at most { $tracks } tracks in the queue, { $each } per person, { $length } per track.
explicit-allowed = Tracks marked explicit may play now.
explicit-off = Tracks marked explicit are refused now.
artist-block-added = **{ $artist }** is not played here any more.
artist-block-removed = **{ $artist }** may play here again.
artist-not-blocked = **{ $artist }** was not blocked. `/settings view` shows who is.
artists-too-many = At most { $max } artists can be blocked. Please allow one again first.
default-volume-set = A new queue starts at { $percent } %.
announce-on = I announce each track in the channel.
announce-off = I no longer announce tracks.
# Said in the language that was just chosen.
locale-set = From now on I speak English to everybody here.
locale-auto = I speak to everybody in their own language.
vote-skip-set = A track is skipped when { $percent } % of the listeners vote for it.
twitch-connected = Viewers of your Twitch channel can now ask for songs here. What they redeem or write counts as asked for by you; each of them has the limit of one member in ten minutes.
twitch-pending = Your Twitch channel is connected. Twitch still checks my address; in a minute or two your viewers can ask for songs.
twitch-not-linked = For that I need your Twitch account. Link it with `/link`, then try again.
twitch-missing-scopes = Your Twitch link is older than this and does not let me read redemptions and the chat. Link it again with `/link`, then try again.
twitch-taken = Another member has connected this Twitch channel. They have to switch it off first.
twitch-later = Twitch cannot be reached just now. I try again tonight; you may try again in a few minutes.
twitch-off = Nobody on Twitch can ask for songs here any more.
twitch-reward-set = The reward **{ $reward }** asks for a song now.
twitch-reward-none = No reward asks for a song any more.
twitch-command-set = **!{ $command }** in the chat asks for a song now.
twitch-command-bad = A command has 1 to { $max } letters from a to z, digits and underscores.
settings-unchanged = That is how it was already. Nothing was changed.
settings-reset-done = All settings are back to their defaults.
settings-reset-ask = Really put all settings back to their defaults?

## Linked accounts

link-offer = With the button below you sign in at { $provider } and link your account. The address is yours alone, works once, and lapses { $until }.
link-button = Link { $provider }
linking-off = Account linking is not set up in this installation.
accounts-none = You have no linked accounts. `/link` links one.
account-linked = **{ $provider }**: linked { $since }
account-pending = **{ $provider }**: is being linked
account-lapsed = **{ $provider }**: no longer accepts the link. I have deleted its tokens; `/link` links it again.
unlinked = Your { $provider } account is unlinked: { $provider } was told, and its tokens are deleted.
unlinked-quietly = Your { $provider } account is unlinked and its tokens are deleted. { $provider } lets no app say so: you can also take me off the list of apps in your settings there.
not-linked = You have no linked { $provider } account.
unlink-later = { $provider } cannot be told just now, so nothing was changed. Please try again in a few minutes.
imported = Saved { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 } from { $provider } as **{ $name }**. Play it with `/playlist load`.
imported-some = Saved the first { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 } from { $provider } as **{ $name }**; a playlist holds no more. Play it with `/playlist load`.
import-address = That is not the address of a playlist at Spotify or YouTube. Copy it there with “Share”.
import-not-linked = For that I need your { $provider } account. Link it with `/link`, then try again.
import-not-found = { $provider } shows your account no such playlist. Is the address right, and may you see it?
import-empty = There is nothing in this playlist that I could play.
import-later = { $provider } cannot be reached just now, so nothing was saved. Please try again in a few minutes.

## The page on which an account is linked: plain text, no markdown

page-link-title = Link { $provider }
page-link-who = to this Discord user
page-link-reads-playlists = I will be able to read your playlists: their names, and which tracks are on them.
page-link-reads-channel = I will be able to read song requests made with channel points or in your chat.
page-link-knows-you = I will learn which account is yours, and nothing else.
page-link-keeps = What { $provider } gives me for this is kept encrypted. I never see your password, and keep neither name nor e-mail address. /unlink takes it back at any time.
page-link-go = Continue to { $provider }
page-link-not-you = Not you? Then somebody has sent you an address of theirs. Close this page.
page-done-title = { $provider } is linked
page-done = You can close this page and go back to Discord. /accounts shows what is linked.
page-failed-title = Nothing was linked
page-unknown = This address was used already, is older than ten minutes, or never was one. Ask for a new one in Discord with /link.
page-other-browser = This was begun in another browser, or this one takes no cookies. Open the address from Discord in the browser in which you want to sign in.
page-mix-up = The answer came from another service than was asked. Somebody may be trying to deceive you. If you want to link the account, ask for a new address in Discord with /link.
page-denied = You said no at { $provider }. If that was a slip, ask for a new address in Discord with /link.
page-too-little = At { $provider } not everything was allowed that I need for this, so I keep nothing. Ask for a new address in Discord with /link and leave all the boxes ticked.
page-taken = This { $provider } account is linked to another Discord user. It has to be unlinked there first, with /unlink.
page-service-failed = { $provider } answered with an error, so I keep nothing. Please try again in a few minutes with a new address from /link.
page-unavailable = Something does not work just now, here or at the service. Please try again in a few minutes with a new address from /link.
page-not-set-up = { $provider } is not set up in this installation. Whoever runs it has to register an application there first.
page-sign-in-title = Sign in
page-sign-in-what = To use my API, or my command line, in your name. I learn who you are and whether you use two-factor authentication, and keep nothing else.
page-sign-in-go = Sign in with Discord
page-sign-in-not-you = You did not ask for this? Then somebody has sent you an address of theirs. Close this page.
page-sign-in-failed-title = You are not signed in
page-sign-in-again = Begin again where you came from, and finish it in one browser within ten minutes.
page-signed-in-title = Your code
page-signed-in-code = Paste it where you began, within a minute. It works once.
page-signed-in-secret = Give it to nobody. Whoever asks you for it is not from us.
page-slow-down = Too many requests came from your network. Please wait a minute and load the page again.

## Somebody's own data

privacy-what = I know you by your Discord id and keep only what I need to work. I never store real names, e-mail addresses, messages, voices or places. What I keep, why, and for how long:
privacy-for-playing = **Playing**: which tracks you asked for, your votes and whether you listen, to run the queue and show who asked
privacy-for-playlists = **Playlists**: which ones you saved, so that you can change them
privacy-for-settings = **Settings**: what was decided for a server
privacy-for-access = **Access**: who asked for a server, who decided and why
privacy-for-accounts = **Linked accounts**: which ones you linked, with their keys encrypted, to do there what you ask for
privacy-for-api = **API**: your sign-ins with your Discord name, your roles and keys, to let in you and nobody else
privacy-for-replies = **Replies**: that I owe you an answer
privacy-for-limits = **Limits**: how often you used a command, so that nobody can overrun me
privacy-for-security = **Security**: which of your requests I have seen, and logs under a pseudonym, so that nobody sends them again or misuses me unseen
privacy-for-audit = **Administration**: who changed what, under a pseudonym, so that misuse is found
privacy-for-operations = **Operation**: what failed and which operator paused me, to keep me running
privacy-for-privacy = **Your requests**: what you asked about your data, and that it was deleted
privacy-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
privacy-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
privacy-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
privacy-kept = at most { $time }
privacy-kept-used = at most { $time } after the last use
privacy-kept-unlinked = until you unlink them
privacy-kept-removed = until they are deleted
privacy-kept-erased = until you delete your data
privacy-kept-operator = until an operator deletes it
privacy-rights = `/privacy export` gives you a copy, `/privacy delete` deletes it all, `/privacy status` says how far that is. Backups hold what was deleted for { $backups } more days. The people who run this bot answer for your data; turn to them with anything else.

privacy-export-asked = I am putting your copy together. Use `/privacy status` in a few minutes: it gives you a link that nobody else can see. Your request is `{ $request }`.
privacy-erase-ask =
    Really delete everything that I hold about you? It cannot be undone.
    • **Linked accounts** are unlinked at their services, and their keys deleted.
    • **Queues and histories** keep their tracks and lose your name.
    • **Playlists** that you saved are deleted.
    • **API keys** that you made stop working; your roles and sign-ins end.

    For a while there stay: entries of the administration log, under a pseudonym ({ $audit } days), backups ({ $backups } days), and the note that you were deleted, so that nothing comes back ({ $note } days). You can go on using me afterwards; that begins anew. This question ends { $until }.
privacy-erase-asked = Your data is being deleted. That takes some minutes, and up to a day if a service does not answer. `/privacy status` says how far it is and, at the end, gives you a signed receipt. Your request is `{ $request }`.
privacy-erase-kept = Nothing was deleted.
privacy-request-form = The number of a request has 32 digits and letters, as I said it when you asked. Without a number, `/privacy status` shows your last request.
privacy-no-request = I know no such request of yours, or not yet: a new one takes a moment. Requests are forgotten after 40 days.
privacy-gathering = Your copy is still being put together. Ask again in a few minutes.
privacy-ready = Your copy is ready. The link is good for whoever has it and ends { $until }; `/privacy status` makes a new one as often as you like. The copy is deleted { $gone }.
privacy-download = Download
privacy-export-gone = That copy was deleted by now. `/privacy export` makes a new one.
privacy-export-taken = There is one copy a day. Today's is `{ $request }`: `/privacy status` with that number gives you the link.
privacy-export-failed = Your copy could not be put together; the fault is mine. You can use `/privacy export` again now; tell the people who run this bot if that fails as well.
privacy-erasing-begun = Your data is being deleted. From now on, nothing that was begun before can bring it back.
privacy-erasing-services = Your data is being deleted. I am telling the services of your linked accounts; if one of them does not answer, I try for a day and then go on without it.
privacy-erasing-stores = Your data is being deleted, store by store.
privacy-erasing-settles = Your data is deleted. I look through everything once more { $until }, for what may have been under way.
privacy-erasing-receipt = Your data is deleted. The receipt is being signed.
privacy-erased = Your data was deleted { $at }. Here is the receipt; keep it, it holds nothing about you. `timmy receipt verify` with this file checks its signature, and so can anybody with the keys that this bot publishes.

## Access and operation

request-made = The request was sent. Call `/admin request` again to see how it stands.
request-already-pending = This server has already asked and is waiting for an answer.
request-too-soon = This server was declined not long ago. It can ask again { $until }.
request-already-approved = This server already has access. Try `/play`!
admin-approved = Server `{ $guild }` has access now.
admin-approved-premium = Server `{ $guild }` has access now, with the premium limits.
admin-approved-standard = Server `{ $guild }` has access now, with the usual limits.
admin-denied = The request of server `{ $guild }` is declined.
admin-revoked = Server `{ $guild }` no longer has access.
admin-cap = All { $cap } places are taken. Take one back with `/admin revoke` first.
admin-not-found = Server `{ $guild }` has not asked for access.
admin-wrong-state = That does not fit the present state of server `{ $guild }`. `/admin list` shows it.
admin-list-empty = There are no servers in this list.
lockdown-on = I am paused everywhere. Two operators can end it with `/admin lockdown resume`.
lockdown-level = I am locked down to level { $level }. Two operators can end it with `/admin lockdown resume`.
lockdown-already = I am paused already.
lockdown-resume-asked = Noted. A second operator must call `/admin lockdown resume`; your request lapses { $until }.
lockdown-resumed = I am back everywhere.
lockdown-same-person = That takes a second person. Please ask another operator.
lockdown-not-on = I am not paused.
audit-empty = There were no administrative actions in that time.
incident-taken = Noted: you have it.
incident-closed = Closed.
incident-silenced = Silenced. I speak of it again { $until }.
incident-contained = I am paused everywhere, because of this incident. Two operators can end it with `/admin lockdown resume`.
incident-over = That incident is over already.
incident-gone = I no longer know that incident.
incidents-empty = Nothing has happened.
incident-open = open
incident-acknowledged = somebody is at it
incident-resolved = over
incident-quiet = silent, heard again { $until }
incident-review = to be reviewed { $by }
alert-under-attack = Under attack
alert-unauthorized-access = Somebody who is not allowed keeps trying
alert-auth-failures = Many could not prove who they are
alert-suspicious-activity = The score of odd behaviour is high
alert-guild-banned = A server was banned for an hour
alert-finding = AWS found something
alert-secret-touched = Somebody touched a secret by hand
alert-break-glass = Somebody took the role for emergencies
alert-verification-failures = Signatures do not verify
alert-webhook-unconfigured = A webhook's secret is missing
alert-rotation-failures = Tokens or keys could not be renewed
alert-signing-key-age = A key of ours is older than a year
alert-third-party-key-age = A key that only people can renew is old
alert-dead-letters = Work lies in a dead-letter queue
alert-function-errors = A function fails
alert-function-throttles = A function is throttled
alert-store-failures = A table does not answer
alert-voice-late = Music stutters
alert-voice-failures = A voice worker cannot be reached
alert-lease-age = A worker cannot renew its lease
alert-worker-stopped = A voice worker ended otherwise than planned
alert-replies-refused = Discord refuses our answers
alert-checkpoints = The audit trail's ends are not signed
alert-budget = It costs more than was agreed
alert-fan-out = Alarms do not reach everybody
alert-unknown = An alarm that nobody has named
alert-malformed = Something that is no alarm came as one

## Titles and labels of cards

card-queued = Added to the queue
card-playing = Current track
card-paused = Paused
card-idle = Nothing is playing
card-queue = Queue · { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 }
card-history = Played before
card-playlists = Playlists
card-settings = Settings
card-help = What I can do
card-guilds = Servers
card-audit = Administrative actions
card-incidents = Incidents
card-page = Page { $page } of { $pages }
card-next-up = Next: { $title }
card-next-none = Nothing comes next
card-passed-over = Passed over: { $title }
card-requested-by = for { $user }
card-requested-by-somebody = for somebody
card-somebody = somebody
card-place = Place { $position }
card-place-now = First in line
card-place-next = Comes next
card-open-end = open end
card-volume = Volume { $percent } %
card-track-count = { $count ->
    [one] { $count } track
   *[other] { $count } tracks
 }
card-support = Support id: `{ $support }`

label-dj-role = DJ role
label-moderators = Moderators
label-limit-tracks = Tracks in the queue
label-limit-user = Tracks per person
label-limit-length = Longest track
label-explicit = Explicit tracks
label-blocked = Blocked artists
label-volume = First volume
label-announce = Announcements
label-language = Language
label-vote-skip = Votes to skip
label-twitch = Requests from Twitch
value-none = none
value-on = on
value-off = off
value-allowed = allowed
value-refused = refused
value-auto = everybody's own
value-percent = { $percent } %
status-approved = approved
status-pending = waiting
status-denied = declined
status-revoked = taken back

button-pause = Pause
button-resume = Resume
button-skip = Skip
button-previous = Previous
button-shuffle = Shuffle
button-loop-off = Repeat: off
button-loop-track = Repeat: track
button-loop-queue = Repeat: queue
button-louder = Louder
button-quieter = Quieter
button-queue = Queue
button-page-back = Back
button-page-on = More
button-clear = Remove all
button-delete = Delete
button-reset = Reset
button-cancel = Cancel
button-approve = Approve
button-deny = Decline
modal-deny-title = Decline a request
modal-deny-reason = Why? The server will see it.

help-intro = I play music in your voice channel. Start with `/play`.

## Missing permissions

permissions-missing = I am missing permissions in this channel. Please ask somebody who manages roles to give me:
permission-view = **View Channel**, to see where I am called
permission-connect = **Connect**, to come into the voice channel
permission-speak = **Speak**, to be heard
permission-send = **Send Messages**, to show the player and announce tracks
permission-send-threads = **Send Messages in Threads**, to do the same in threads

## Voice

voice-joined = I am in your voice channel.
voice-no-channel = I cannot find you in a voice channel. Join one, then use `/play` or `/join` again; what was queued stays.
voice-shut-out = I am not let into that voice channel. I need the permissions View Channel, Connect and Speak there; then use `/join` again. What was queued stays.
voice-thrown-out = Somebody took me out of the voice channel. `/join` or `/resume` brings me back; what was queued stays.
voice-unencrypted = This voice channel does not support end-to-end encryption, and I play only where nobody else can listen in. Try another channel; what was queued stays.
votes-count = { $votes } of { $needed } votes to skip.
votes-passed = Skipped by vote.
source-failed = I could not play this: { $code ->
    [source-not-found] it was not found
    [source-forbidden] its server does not give it to me
    [source-too-large] it is too large
    [source-too-long] it is longer than this server allows
    [source-not-audio] there is no sound in it
    [source-unsupported] its format is not supported
    [source-address] its address is not allowed
    [source-redirect] its server sends me in circles
    [source-too-slow] its server is too slow
    [source-cut-short] it broke off
    [source-unreachable] its server cannot be reached
    [source-search-off] search is not enabled here; give me a link
    [source-sites-off] such sites are not enabled here; give me a direct link
    [source-site-failed] the site could not be read
   *[other] something went wrong on my side
}.
