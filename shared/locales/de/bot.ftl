## Who may

access-missing = Dieser Server hat noch keinen Zugang zu TimmyBot. Wer **Server verwalten** darf, kann ihn mit `/admin anfragen` beantragen.
access-pending = Dieser Server hat um Zugang gebeten und wartet auf Antwort. Du musst nichts weiter tun.
access-denied = Die Anfrage dieses Servers wurde abgelehnt. Wenn sich etwas geändert hat, kann jemand mit **Server verwalten** mit `/admin anfragen` noch einmal fragen.
access-revoked = Diesem Server wurde der Zugang entzogen. Jemand mit **Server verwalten** kann mit `/admin anfragen` neu fragen.
access-banned = Von diesem Server kamen zu viele Versuche ohne Zugang. Ich höre { $until } wieder zu.
access-unreadable = Ich konnte den Zugang dieses Servers gerade nicht prüfen. Bitte versuch es gleich noch einmal.
containment-paused = Ich bin wegen Wartung angehalten; es wurde nichts geändert. Bitte versuch es später noch einmal.
rate-user = Das war viel auf einmal. Bitte versuch es { $until } noch einmal.
rate-command = Du hast diesen Befehl in der letzten Minute oft benutzt. Bitte versuch es { $until } noch einmal.
rate-guild = Auf diesem Server ist gerade viel los. Bitte versuch es { $until } noch einmal.
need-dj = Dafür brauchst du die Rolle { $role }, oder du moderierst hier die Musik.
need-moderator = Das können nur die, die hier die Musik moderieren. Jemand mit **Server verwalten** kann mit `/einstellungen moderator-rolle` Rollen hinzufügen.
need-manage-guild = Dafür brauchst du die Berechtigung **Server verwalten**.
need-operator = Das können nur die Betreiber von TimmyBot.
not-in-dm = Das geht nur auf einem Server. Bitte benutze es in einem Kanal deines Servers.

## What was typed

option-bad = Ich konnte die Option **{ $field }** nicht lesen. Bitte wähle den Befehl aus Discords Liste und versuch es noch einmal.
text-blank = Da steht nichts, was ich lesen kann. Bitte gib ein paar Wörter ein.
text-too-long = Das ist zu lang: bitte höchstens { $max } Zeichen.
text-control = Da sind Steuerzeichen drin. Bitte gib es ohne sie noch einmal ein.
text-bidi = Da sind unsichtbare Zeichen drin, die Text umdrehen. Bitte gib es ohne sie noch einmal ein.
text-form = Das hat nicht die Form, die ich erwarte. Bitte prüf es und versuch es noch einmal.
url-malformed = Das sieht wie eine Adresse aus, ist aber keine vollständige. Bitte kopiere sie noch einmal.
url-scheme = Ich spiele nur Adressen, die mit `https://` beginnen.
url-userinfo = In dieser Adresse steht ein Benutzername oder Passwort. Bitte teile sie ohne.
url-private = Diese Adresse liegt nicht im öffentlichen Internet; ich erreiche sie nicht.
url-port = Den Port in dieser Adresse kann ich nicht benutzen. Bitte nimm eine ohne Port.
url-too-long = Diese Adresse ist zu lang: bitte höchstens { $max } Zeichen.
number-range = Bitte wähle eine Zahl zwischen { $min } und { $max }.
time-form = Diese Zeit habe ich nicht verstanden. Bitte schreib sie wie `1:30` oder in Sekunden.
guild-id-bad = Das ist keine Server-Id. Eine Id ist eine lange Zahl; `/admin liste` zeigt sie.
message-nothing = In dieser Nachricht habe ich keine Adresse und keine Audiodatei gefunden.

## When something is wrong on our side

store-unavailable = Ich komme gerade nicht an mein Gedächtnis. Bitte versuch es gleich noch einmal. Wenn es so bleibt, nenne dem Support diese Id: `{ $support }`
busy = Mehrere haben das im selben Moment geändert, und deines kam nicht durch. Bitte versuch es noch einmal.
internal = Bei mir ist etwas schiefgegangen. Bitte versuch es noch einmal; wenn es so bleibt, nenne dem Support diese Id: `{ $support }`
reply-deadline = Das hat zu lange gedauert, darum warte ich nicht länger. Bitte versuch es noch einmal; wenn es so bleibt, nenne dem Support diese Id: `{ $support }`
unknown-command = Diesen Befehl kenne ich nicht mehr. Bitte lade Discord mit Strg+R neu und versuch es noch einmal.
component-expired = Dieser Knopf ist zu alt oder gehört zu einem anderen Server. Bitte ruf den Befehl noch einmal auf.

## Choices while typing (no markdown there)

choice-refused = Hier kann ich noch nichts vorschlagen: siehe /hilfe
choice-slow-down = Einen Moment, dann tipp weiter
choice-unavailable = Gerade keine Vorschläge: schreib es einfach aus

## The queue

queued-now = **{ $title }** steht ganz vorn in der Warteschlange.
queued-at = **{ $title }** steht jetzt auf Platz { $position }.
queued-next = **{ $title }** kommt als Nächstes.
queued-many = { $count ->
    [one] { $count } Titel kam
   *[other] { $count } Titel kamen
 } in die Warteschlange.
queue-full = Die Warteschlange ist voll: { $limit ->
    [one] höchstens { $limit } Titel passt
   *[other] höchstens { $limit } Titel passen
 } hinein. Warte, bis etwas gelaufen ist, oder schaff mit `/entfernen` Platz.
user-limit = Du hast schon { $limit } Titel in der Warteschlange; mehr geht hier nicht. Bitte warte, bis einer gelaufen ist.
track-too-long = Dieser Titel ist länger als { $length }; mehr ist hier nicht erlaubt.
artist-blocked = Titel dieses Künstlers werden auf diesem Server nicht gespielt.
explicit-refused = Als explizit markierte Titel werden auf diesem Server nicht gespielt.
queue-empty = Die Warteschlange ist leer. Füge mit `/abspielen` etwas hinzu.
nothing-playing = Es läuft nichts. Fang mit `/abspielen` an.
no-such-position = Diesen Platz gibt es nicht: die Warteschlange hat { $len } Titel.
entry-gone = Dieser Titel ist nicht mehr in der Warteschlange.
not-your-track = Diesen Titel hat sich jemand anders gewünscht. Ändern können ihn die, die hier die Musik moderieren.
moved-on = Inzwischen läuft ein anderer Titel; es wurde nichts geändert.
removed = **{ $title }** ist nicht mehr in der Warteschlange.
moved = **{ $title }** steht jetzt auf Platz { $position }.
shuffled = { $count } Titel gemischt.
cleared = { $count } Titel entfernt. Die Warteschlange ist leer.
clear-ask = Wirklich { $count ->
    [one] { $count } Titel
   *[other] alle { $count } Titel
 } aus der Warteschlange entfernen? Das lässt sich nicht rückgängig machen.
jumped = Weiter zu **{ $title }**.

## Playing

loop-off = Es wird nichts wiederholt.
loop-track = Der aktuelle Titel wird wiederholt.
loop-queue = Die ganze Warteschlange wird wiederholt.
skipped = Übersprungen. Jetzt: **{ $title }**.
skipped-last = Übersprungen. Das war der letzte Titel; mit `/abspielen` kommen neue dazu.
went-back = Zurück zu **{ $title }**.
previous-none = Vor diesem Titel gibt es keinen.
replayed = **{ $title }** beginnt von vorn.
paused = Pausiert. Weiter geht es mit `/fortsetzen`.
already-paused = Es ist schon pausiert. Weiter geht es mit `/fortsetzen`.
resumed = Es geht weiter.
already-playing = Es ist nicht pausiert.
stopped = Gestoppt, und die Warteschlange ist jetzt leer.
left = Ich verlasse den Sprachkanal. Die Warteschlange bleibt; `/fortsetzen` oder `/beitreten` holt mich zurück.
not-there = Ich bin nicht im Sprachkanal. `/beitreten` ruft mich.
voice-off = Sprache ist in dieser Installation nicht eingeschaltet. Ich halte die Warteschlange bereit; `/überspringen` und die anderen Befehle ändern sie.
volume-set = Die Lautstärke ist { $percent } %.
seeked = Zu { $at } gesprungen.
seek-past = Der Titel ist nur { $length } lang.
pong = Pong! Ich bin wach; deine Anfrage brauchte { $ms } ms.
history-empty = Es wurde noch nichts gespielt. Fang mit `/abspielen` an.

## Playlists

playlist-saved = { $count } Titel als **{ $name }** gespeichert. Spiel sie mit `/playlist laden`.
playlist-loaded = { $count } Titel aus **{ $name }** hinzugefügt.
playlist-loaded-some = { $count } Titel aus **{ $name }** hinzugefügt; { $skipped ->
    [one] { $skipped } blieb
   *[other] { $skipped } blieben
 } wegen der Grenzen dieses Servers weg.
playlist-deleted = Die Playlist **{ $name }** ist gelöscht.
playlist-delete-ask = Die Playlist **{ $name }** wirklich löschen? Das lässt sich nicht rückgängig machen.
playlists-empty = Es gibt noch keine Playlists. Speichere die Warteschlange mit `/playlist speichern`.
playlist-not-found = Es gibt keine Playlist namens **{ $name }**. `/playlist liste` zeigt alle.
playlist-exists = Es gibt schon eine Playlist namens **{ $name }**. Bitte nimm einen anderen Namen, oder lösche sie zuerst mit `/playlist löschen`.
playlist-too-many = Dieser Server hat schon { $max } Playlists; mehr gehen nicht. Bitte lösche zuerst eine mit `/playlist löschen`.
playlist-not-yours = Das kann nur, wer **{ $name }** gespeichert hat, oder ein Moderator.
playlist-too-long = In eine Playlist passen höchstens { $max } Titel.
playlist-nothing-to-save = Die Warteschlange ist leer, es gibt nichts zu speichern. Füge mit `/abspielen` etwas hinzu.

## Settings

dj-set = { $role } darf jetzt die Musik steuern.
dj-cleared = Jetzt dürfen alle die Musik steuern.
moderator-added = { $role } moderiert jetzt die Musik.
moderator-removed = { $role } moderiert die Musik nicht mehr.
moderator-too-many = Höchstens { $max } Rollen können die Musik moderieren. Bitte nimm zuerst eine weg.
limits-set = Ab jetzt höchstens { $tracks } Titel in der Warteschlange, { $each } pro Person, { $length } pro Titel.
explicit-allowed = Als explizit markierte Titel dürfen jetzt spielen.
explicit-off = Als explizit markierte Titel werden jetzt abgelehnt.
artist-block-added = **{ $artist }** wird hier nicht mehr gespielt.
artist-block-removed = **{ $artist }** darf hier wieder gespielt werden.
artist-not-blocked = **{ $artist }** war nicht gesperrt. `/einstellungen anzeigen` zeigt, wer es ist.
artists-too-many = Höchstens { $max } Künstler können gesperrt sein. Bitte gib zuerst einen frei.
default-volume-set = Eine neue Warteschlange beginnt mit { $percent } %.
announce-on = Ich kündige jeden Titel im Kanal an.
announce-off = Ich kündige keine Titel mehr an.
locale-set = Ab jetzt spreche ich hier mit allen Deutsch.
locale-auto = Ich spreche mit jedem in seiner eigenen Sprache.
vote-skip-set = Ein Titel wird übersprungen, wenn { $percent } % der Zuhörer dafür stimmen.
twitch-connected = Zuschauer deines Twitch-Kanals können sich hier jetzt Titel wünschen. Was sie einlösen oder schreiben, gilt als von dir gewünscht; jeder von ihnen hat in zehn Minuten die Grenze eines Mitglieds.
twitch-pending = Dein Twitch-Kanal ist verbunden. Twitch prüft noch meine Adresse; in ein bis zwei Minuten können sich deine Zuschauer Titel wünschen.
twitch-not-linked = Dafür brauche ich dein Konto bei Twitch. Verknüpf es mit `/verknüpfen` und versuch es dann noch einmal.
twitch-missing-scopes = Deine Verknüpfung mit Twitch ist älter und lässt mich Einlösungen und Chat nicht lesen. Verknüpf es mit `/verknüpfen` neu und versuch es dann noch einmal.
twitch-taken = Ein anderes Mitglied hat diesen Twitch-Kanal verbunden. Es muss ihn erst abschalten.
twitch-later = Twitch ist gerade nicht zu erreichen. Ich versuche es heute Nacht wieder; du kannst es in ein paar Minuten noch einmal versuchen.
twitch-off = Niemand auf Twitch kann sich hier noch Titel wünschen.
twitch-reward-set = Die Belohnung **{ $reward }** ist jetzt ein Musikwunsch.
twitch-reward-none = Keine Belohnung ist mehr ein Musikwunsch.
twitch-command-set = **!{ $command }** im Chat ist jetzt ein Musikwunsch.
twitch-command-bad = Ein Befehl hat 1 bis { $max } Buchstaben von a bis z, Ziffern und Unterstriche.
settings-unchanged = So war es schon. Es wurde nichts geändert.
settings-reset-done = Alle Einstellungen stehen wieder am Anfang.
settings-reset-ask = Wirklich alle Einstellungen auf den Anfang zurückstellen?

## Linked accounts

link-offer = Über den Knopf meldest du dich bei { $provider } an und verknüpfst dein Konto. Die Adresse gilt nur für dich, nur einmal, und verfällt { $until }.
link-button = { $provider } verknüpfen
linking-off = Das Verknüpfen von Konten ist in dieser Installation nicht eingerichtet.
accounts-none = Du hast keine verknüpften Konten. `/verknüpfen` verknüpft eins.
account-linked = **{ $provider }**: verknüpft { $since }
account-pending = **{ $provider }**: wird gerade verknüpft
account-lapsed = **{ $provider }**: erkennt die Verknüpfung nicht mehr an. Ihre Schlüssel habe ich gelöscht; `/verknüpfen` verknüpft neu.
unlinked = Dein Konto bei { $provider } ist getrennt: { $provider } weiß Bescheid, und die Schlüssel sind gelöscht.
unlinked-quietly = Dein Konto bei { $provider } ist getrennt, die Schlüssel sind gelöscht. { $provider } lässt sich das von keiner App sagen: In deinen Einstellungen dort kannst du mich zusätzlich aus der Liste der Apps nehmen.
not-linked = Du hast kein verknüpftes Konto bei { $provider }.
unlink-later = { $provider } ist gerade nicht zu erreichen, deshalb wurde nichts geändert. Versuch es bitte in ein paar Minuten noch einmal.
imported = { $count ->
    [one] { $count } Titel
   *[other] { $count } Titel
 } von { $provider } als **{ $name }** gespeichert. Spiel die Playlist mit `/playlist laden`.
imported-some = Die ersten { $count ->
    [one] { $count } Titel
   *[other] { $count } Titel
 } von { $provider } als **{ $name }** gespeichert; mehr fasst eine Playlist nicht. Spiel sie mit `/playlist laden`.
import-address = Das ist nicht die Adresse einer Playlist bei Spotify oder YouTube. Kopier sie dort mit „Teilen“.
import-not-linked = Dafür brauche ich dein Konto bei { $provider }. Verknüpf es mit `/verknüpfen` und versuch es dann noch einmal.
import-not-found = { $provider } zeigt deinem Konto keine solche Playlist. Stimmt die Adresse, und darfst du sie sehen?
import-empty = In dieser Playlist ist nichts, was ich spielen könnte.
import-later = { $provider } ist gerade nicht zu erreichen, deshalb wurde nichts gespeichert. Versuch es bitte in ein paar Minuten noch einmal.

## The page on which an account is linked: plain text, no markdown

page-link-title = { $provider } verknüpfen
page-link-who = mit diesem Discord-Nutzer
page-link-reads-playlists = Ich kann dann deine Playlists lesen: wie sie heißen und welche Titel darauf sind.
page-link-reads-channel = Ich kann dann Musikwünsche lesen, die mit Kanalpunkten oder in deinem Chat gemacht werden.
page-link-knows-you = Ich erfahre, welches Konto deins ist, und sonst nichts.
page-link-keeps = Was { $provider } mir dafür gibt, wird verschlüsselt aufbewahrt. Dein Passwort sehe ich nie, und weder Name noch E-Mail-Adresse hebe ich auf. /trennen nimmt es jederzeit zurück.
page-link-go = Weiter zu { $provider }
page-link-not-you = Das bist nicht du? Dann hat dir jemand seine Adresse geschickt. Schließ diese Seite.
page-done-title = { $provider } ist verknüpft
page-done = Du kannst diese Seite schließen und zu Discord zurückgehen. /konten zeigt, was verknüpft ist.
page-failed-title = Es wurde nichts verknüpft
page-unknown = Diese Adresse wurde schon benutzt, ist älter als zehn Minuten oder war nie eine. Hol dir in Discord mit /verknüpfen eine neue.
page-other-browser = Das wurde in einem anderen Browser begonnen, oder dieser nimmt keine Cookies an. Öffne die Adresse aus Discord in dem Browser, in dem du dich anmelden willst.
page-mix-up = Die Antwort kam von einem anderen Dienst als dem gefragten. Vielleicht will dich jemand täuschen. Wenn du das Konto verknüpfen willst, hol dir in Discord mit /verknüpfen eine neue Adresse.
page-denied = Du hast bei { $provider } abgelehnt. Falls das ein Versehen war, hol dir in Discord mit /verknüpfen eine neue Adresse.
page-too-little = Bei { $provider } wurde nicht alles erlaubt, was ich dafür brauche, deshalb behalte ich nichts. Hol dir in Discord mit /verknüpfen eine neue Adresse und lass alle Häkchen stehen.
page-taken = Dieses Konto bei { $provider } ist mit einem anderen Discord-Nutzer verknüpft. Es muss erst dort mit /trennen getrennt werden.
page-service-failed = { $provider } hat mit einem Fehler geantwortet, deshalb behalte ich nichts. Versuch es bitte in ein paar Minuten mit einer neuen Adresse von /verknüpfen.
page-unavailable = Gerade funktioniert etwas nicht, hier oder beim Dienst. Versuch es bitte in ein paar Minuten mit einer neuen Adresse von /verknüpfen.
page-not-set-up = { $provider } ist in dieser Installation nicht eingerichtet. Wer sie betreibt, muss dort erst eine Anwendung registrieren.
page-sign-in-title = Anmelden
page-sign-in-what = Damit du meine API oder mein Befehlszeilenprogramm in deinem Namen benutzen kannst. Ich erfahre, wer du bist und ob du die Zwei-Faktor-Anmeldung benutzt, und behalte sonst nichts.
page-sign-in-go = Mit Discord anmelden
page-sign-in-not-you = Das wolltest du gar nicht? Dann hat dir jemand seine Adresse geschickt. Schließ diese Seite.
page-sign-in-failed-title = Du bist nicht angemeldet
page-sign-in-again = Fang dort neu an, wo du herkamst, und mach es innerhalb von zehn Minuten in einem Browser zu Ende.
page-signed-in-title = Dein Code
page-signed-in-code = Füg ihn innerhalb einer Minute dort ein, wo du angefangen hast. Er gilt einmal.
page-signed-in-secret = Gib ihn niemandem. Wer dich danach fragt, gehört nicht zu uns.
page-slow-down = Aus deinem Netz kamen zu viele Anfragen. Warte bitte eine Minute und lade die Seite neu.

## Somebody's own data

privacy-what = Ich kenne dich an deiner Discord-Id und behalte nur, was ich zum Arbeiten brauche. Deinen echten Namen, Mailadressen, Nachrichten, Stimmen oder Orte speichere ich nie. Was ich behalte, wozu und wie lange:
privacy-for-playing = **Abspielen**: welche Titel du gewünscht hast, deine Stimmen und ob du zuhörst, damit die Warteschlange läuft und zeigt, wer gefragt hat
privacy-for-playlists = **Playlists**: welche du gespeichert hast, damit du sie ändern kannst
privacy-for-settings = **Einstellungen**: was für einen Server entschieden wurde
privacy-for-access = **Zugang**: wer für einen Server gefragt hat, wer entschieden hat und warum
privacy-for-accounts = **Verknüpfte Konten**: welche du verknüpft hast, ihre Schlüssel verschlüsselt, um dort zu tun, worum du bittest
privacy-for-api = **API**: deine Anmeldungen mit deinem Discord-Namen, Rollen und Schlüssel, damit nur du hineinkommst
privacy-for-replies = **Antworten**: dass ich dir eine schulde
privacy-for-limits = **Grenzen**: wie oft du einen Befehl benutzt hast, damit niemand mich überrennt
privacy-for-security = **Sicherheit**: welche deiner Anfragen ich schon kenne, und Protokolle unter einem Pseudonym, damit niemand sie noch einmal schickt oder mich unbemerkt missbraucht
privacy-for-audit = **Verwaltung**: wer was geändert hat, unter einem Pseudonym, damit Missbrauch auffällt
privacy-for-operations = **Betrieb**: was misslang und wer von den Betreibern mich angehalten hat, damit ich weiterlaufe
privacy-for-privacy = **Deine Anträge**: worum du zu deinen Daten gebeten hast, und dass sie gelöscht wurden
privacy-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
privacy-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
privacy-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
privacy-kept = höchstens { $time }
privacy-kept-used = höchstens { $time } nach der letzten Benutzung
privacy-kept-unlinked = bis du sie trennst
privacy-kept-removed = bis sie gelöscht werden
privacy-kept-erased = bis du deine Daten löschst
privacy-kept-operator = bis ein Betreiber es löscht
privacy-rights = `/datenschutz export` gibt dir eine Kopie, `/datenschutz löschen` löscht alles, `/datenschutz status` sagt, wie weit das ist. Sicherungen enthalten Gelöschtes noch { $backups } Tage. Für deine Daten stehen die ein, die diesen Bot betreiben; wende dich mit allem anderen an sie.

privacy-export-asked = Ich stelle deine Kopie zusammen. Ruf in ein paar Minuten `/datenschutz status` auf: das gibt dir einen Link, den sonst niemand sieht. Dein Antrag ist `{ $request }`.
privacy-erase-ask =
    Wirklich alles löschen, was ich über dich habe? Das lässt sich nicht rückgängig machen.
    • **Verknüpfte Konten** werden bei ihren Diensten getrennt, ihre Schlüssel gelöscht.
    • **Warteschlangen und Verläufe** behalten ihre Titel und verlieren deinen Namen.
    • **Playlists**, die du gespeichert hast, werden gelöscht.
    • **API-Schlüssel**, die du gemacht hast, gelten nicht mehr; deine Rollen und Anmeldungen enden.

    Eine Zeit lang bleiben: Einträge im Verwaltungsprotokoll, unter einem Pseudonym ({ $audit } Tage), Sicherungen ({ $backups } Tage) und der Vermerk, dass du gelöscht wurdest, damit nichts zurückkommt ({ $note } Tage). Du kannst mich danach weiter benutzen; das fängt neu an. Diese Frage endet { $until }.
privacy-erase-asked = Deine Daten werden gelöscht. Das dauert einige Minuten und bis zu einem Tag, wenn ein Dienst nicht antwortet. `/datenschutz status` sagt, wie weit es ist, und gibt dir am Ende eine signierte Quittung. Dein Antrag ist `{ $request }`.
privacy-erase-kept = Es wurde nichts gelöscht.
privacy-request-form = Die Nummer eines Antrags hat 32 Ziffern und Buchstaben, so wie ich sie dir genannt habe. Ohne Nummer zeigt `/datenschutz status` deinen letzten Antrag.
privacy-no-request = Einen solchen Antrag von dir kenne ich nicht, oder noch nicht: ein neuer braucht einen Moment. Anträge werden nach 40 Tagen vergessen.
privacy-gathering = Deine Kopie wird noch zusammengestellt. Frag in ein paar Minuten noch einmal.
privacy-ready = Deine Kopie ist fertig. Der Link gilt für jeden, der ihn hat, und endet { $until }; `/datenschutz status` macht beliebig oft einen neuen. Die Kopie wird { $gone } gelöscht.
privacy-download = Herunterladen
privacy-export-gone = Diese Kopie ist inzwischen gelöscht. `/datenschutz export` macht eine neue.
privacy-export-taken = Es gibt eine Kopie am Tag. Die heutige ist `{ $request }`: `/datenschutz status` mit dieser Nummer gibt dir den Link.
privacy-export-failed = Deine Kopie ließ sich nicht zusammenstellen; der Fehler liegt bei mir. Du kannst `/datenschutz export` jetzt gleich noch einmal benutzen; sag es denen, die diesen Bot betreiben, wenn auch das scheitert.
privacy-erasing-begun = Deine Daten werden gelöscht. Was vorher begonnen hat, kann sie ab jetzt nicht mehr zurückbringen.
privacy-erasing-services = Deine Daten werden gelöscht. Ich sage den Diensten deiner verknüpften Konten Bescheid; antwortet einer nicht, versuche ich es einen Tag lang und mache dann ohne ihn weiter.
privacy-erasing-stores = Deine Daten werden gelöscht, Speicher für Speicher.
privacy-erasing-settles = Deine Daten sind gelöscht. Ich sehe { $until } alles noch einmal durch, falls etwas unterwegs war.
privacy-erasing-receipt = Deine Daten sind gelöscht. Die Quittung wird gerade signiert.
privacy-erased = Deine Daten wurden { $at } gelöscht. Hier ist die Quittung; heb sie auf, über dich steht nichts darin. `timmy receipt verify` mit dieser Datei prüft ihre Signatur, und das kann auch jeder mit den Schlüsseln, die dieser Bot veröffentlicht.

## Access and operation

request-made = Die Anfrage ist gestellt. Ruf `/admin anfragen` noch einmal auf, um zu sehen, wie es steht.
request-already-pending = Dieser Server hat schon gefragt und wartet auf Antwort.
request-too-soon = Dieser Server wurde erst vor Kurzem abgelehnt. Er kann { $until } wieder fragen.
request-already-approved = Dieser Server hat schon Zugang. Probier `/abspielen`!
admin-approved = Server `{ $guild }` hat jetzt Zugang.
admin-approved-premium = Server `{ $guild }` hat jetzt Zugang, mit den Premium-Grenzen.
admin-approved-standard = Server `{ $guild }` hat jetzt Zugang, mit den üblichen Grenzen.
admin-denied = Die Anfrage von Server `{ $guild }` ist abgelehnt.
admin-revoked = Server `{ $guild }` hat keinen Zugang mehr.
admin-cap = Alle { $cap } Plätze sind vergeben. Entzieh zuerst einem mit `/admin entziehen` den Zugang.
admin-not-found = Server `{ $guild }` hat nicht um Zugang gebeten.
admin-wrong-state = Das passt nicht zum jetzigen Zustand von Server `{ $guild }`. `/admin liste` zeigt ihn.
admin-list-empty = In dieser Liste steht kein Server.
lockdown-on = Ich bin überall angehalten. Zwei Betreiber können das mit `/admin sperre aufheben` beenden.
lockdown-level = Ich bin auf Stufe { $level } gesperrt. Zwei Betreiber können das mit `/admin sperre aufheben` beenden.
lockdown-already = Ich bin schon angehalten.
lockdown-resume-asked = Notiert. Ein zweiter Betreiber muss `/admin sperre aufheben` aufrufen; dein Antrag verfällt { $until }.
lockdown-resumed = Ich bin überall wieder da.
lockdown-same-person = Dazu braucht es eine zweite Person. Bitte frag einen anderen Betreiber.
lockdown-not-on = Ich bin nicht angehalten.
audit-empty = In dieser Zeit gab es keine Verwaltungsvorgänge.
incident-taken = Notiert: Du kümmerst dich.
incident-closed = Geschlossen.
incident-silenced = Stumm. Ich melde mich damit wieder { $until }.
incident-contained = Ich bin wegen dieses Vorfalls überall angehalten. Zwei Betreiber können das mit `/admin sperre aufheben` beenden.
incident-over = Dieser Vorfall ist schon vorbei.
incident-gone = Diesen Vorfall kenne ich nicht mehr.
incidents-empty = Es ist nichts vorgefallen.
incident-open = offen
incident-acknowledged = jemand kümmert sich
incident-resolved = vorbei
incident-quiet = stumm, wieder { $until }
incident-review = zu besprechen { $by }
alert-under-attack = Ein Angriff läuft
alert-unauthorized-access = Jemand ohne Erlaubnis versucht es immer wieder
alert-auth-failures = Viele konnten nicht beweisen, wer sie sind
alert-suspicious-activity = Das Maß für seltsames Verhalten ist hoch
alert-guild-banned = Ein Server wurde für eine Stunde ausgesperrt
alert-finding = AWS hat etwas gefunden
alert-secret-touched = Jemand hat ein Geheimnis von Hand angefasst
alert-break-glass = Jemand hat die Rolle für Notfälle angenommen
alert-verification-failures = Signaturen stimmen nicht
alert-webhook-unconfigured = Das Geheimnis eines Webhooks fehlt
alert-rotation-failures = Tokens oder Schlüssel ließen sich nicht erneuern
alert-signing-key-age = Ein Schlüssel von uns ist älter als ein Jahr
alert-third-party-key-age = Ein Schlüssel, den nur Menschen erneuern können, ist alt
alert-dead-letters = In einer Dead-Letter-Queue liegt Arbeit
alert-function-errors = Eine Funktion schlägt fehl
alert-function-throttles = Eine Funktion wird gedrosselt
alert-store-failures = Eine Tabelle antwortet nicht
alert-voice-late = Die Musik stockt
alert-voice-failures = Ein Sprach-Worker ist nicht erreichbar
alert-lease-age = Ein Worker kann seine Lease nicht erneuern
alert-worker-stopped = Ein Sprach-Worker endete anders als geplant
alert-replies-refused = Discord lehnt unsere Antworten ab
alert-checkpoints = Die Enden des Prüfpfads werden nicht signiert
alert-budget = Es kostet mehr als vereinbart
alert-fan-out = Alarme erreichen nicht alle
alert-unknown = Ein Alarm, den niemand benannt hat
alert-malformed = Etwas, das kein Alarm ist, kam als einer an

## Titles and labels of cards

card-queued = In der Warteschlange
card-playing = Aktueller Titel
card-paused = Pausiert
card-idle = Es läuft nichts
card-queue = Warteschlange · { $count } Titel
card-history = Zuletzt gespielt
card-playlists = Playlists
card-settings = Einstellungen
card-help = Was ich kann
card-guilds = Server
card-audit = Verwaltungsvorgänge
card-incidents = Vorfälle
card-page = Seite { $page } von { $pages }
card-next-up = Als Nächstes: { $title }
card-next-none = Danach kommt nichts
card-passed-over = Übergangen: { $title }
card-requested-by = für { $user }
card-requested-by-somebody = für jemanden
card-somebody = jemand
card-place = Platz { $position }
card-place-now = Als Erstes dran
card-place-next = Kommt als Nächstes
card-open-end = ohne Ende
card-volume = Lautstärke { $percent } %
card-track-count = { $count } Titel
card-support = Support-Id: `{ $support }`

label-dj-role = DJ-Rolle
label-moderators = Moderatoren
label-limit-tracks = Titel in der Warteschlange
label-limit-user = Titel pro Person
label-limit-length = Längster Titel
label-explicit = Explizite Titel
label-blocked = Gesperrte Künstler
label-volume = Anfangslautstärke
label-announce = Ansagen
label-language = Sprache
label-vote-skip = Stimmen zum Überspringen
label-twitch = Wünsche aus Twitch
value-none = keine
value-on = an
value-off = aus
value-allowed = erlaubt
value-refused = abgelehnt
value-auto = jedem die eigene
value-percent = { $percent } %
status-approved = zugelassen
status-pending = wartet
status-denied = abgelehnt
status-revoked = entzogen

button-pause = Pause
button-resume = Weiter
button-skip = Überspringen
button-previous = Zurück
button-shuffle = Mischen
button-loop-off = Wiederholen: aus
button-loop-track = Wiederholen: Titel
button-loop-queue = Wiederholen: alles
button-louder = Lauter
button-quieter = Leiser
button-queue = Warteschlange
button-page-back = Zurück
button-page-on = Weiter
button-clear = Alle entfernen
button-delete = Löschen
button-reset = Zurückstellen
button-cancel = Abbrechen
button-approve = Zulassen
button-deny = Ablehnen
modal-deny-title = Anfrage ablehnen
modal-deny-reason = Warum? Der Server wird es sehen.

help-intro = Ich spiele Musik in deinem Sprachkanal. Fang mit `/abspielen` an.

## Missing permissions

permissions-missing = Mir fehlen Berechtigungen in diesem Kanal. Bitte jemanden, der Rollen verwaltet, mir diese zu geben:
permission-view = **Kanal ansehen**, um zu sehen, wo ich gerufen werde
permission-connect = **Verbinden**, um in den Sprachkanal zu kommen
permission-speak = **Sprechen**, um gehört zu werden
permission-send = **Nachrichten senden**, um den Player zu zeigen und Titel anzukündigen
permission-send-threads = **Nachrichten in Threads senden**, um dasselbe in Threads zu tun

## Voice

voice-joined = Ich bin in deinem Sprachkanal.
voice-no-channel = Ich finde dich in keinem Sprachkanal. Geh in einen und benutze dann noch einmal `/abspielen` oder `/beitreten`; die Warteschlange bleibt.
voice-shut-out = In diesen Sprachkanal werde ich nicht gelassen. Dort brauche ich die Rechte Kanal ansehen, Verbinden und Sprechen; benutze dann noch einmal `/beitreten`. Die Warteschlange bleibt.
voice-thrown-out = Jemand hat mich aus dem Sprachkanal genommen. `/beitreten` oder `/fortsetzen` holt mich zurück; die Warteschlange bleibt.
voice-unencrypted = Dieser Sprachkanal unterstützt keine Ende-zu-Ende-Verschlüsselung, und ich spiele nur, wo sonst niemand mithören kann. Versuch es in einem anderen; die Warteschlange bleibt.
votes-count = { $votes } von { $needed } Stimmen zum Überspringen.
votes-passed = Durch Abstimmung übersprungen.
source-failed = Das konnte ich nicht abspielen: { $code ->
    [source-not-found] es wurde nicht gefunden
    [source-forbidden] sein Server gibt es mir nicht
    [source-too-large] es ist zu groß
    [source-too-long] es ist länger, als dieser Server erlaubt
    [source-not-audio] es enthält keinen Ton
    [source-unsupported] das Format wird nicht unterstützt
    [source-address] die Adresse ist nicht erlaubt
    [source-redirect] sein Server schickt mich im Kreis
    [source-too-slow] sein Server ist zu langsam
    [source-cut-short] es brach ab
    [source-unreachable] sein Server ist nicht erreichbar
    [source-search-off] die Suche ist hier nicht eingeschaltet; gib mir einen Link
    [source-sites-off] solche Seiten sind hier nicht eingeschaltet; gib mir einen direkten Link
    [source-site-failed] die Seite konnte nicht gelesen werden
   *[other] bei mir ging etwas schief
}.
