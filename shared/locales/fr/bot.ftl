## Who may

access-missing = Ce serveur n'a pas encore accès à TimmyBot. Quelqu'un avec **Gérer le serveur** peut le demander avec `/admin demander`.
access-pending = Ce serveur a demandé l'accès et attend une réponse. Tu n'as rien d'autre à faire.
access-denied = La demande de ce serveur a été refusée. Si quelque chose a changé, quelqu'un avec **Gérer le serveur** peut redemander avec `/admin demander`.
access-revoked = L'accès de ce serveur a été retiré. Quelqu'un avec **Gérer le serveur** peut redemander avec `/admin demander`.
access-banned = Il y a eu trop d'essais sans accès depuis ce serveur. Je réponds de nouveau { $until }.
access-unreadable = Je n'ai pas pu vérifier l'accès de ce serveur. Réessaie dans un instant.
containment-paused = Je suis en pause pour maintenance, rien n'a été changé. Réessaie plus tard.
rate-user = Ça fait beaucoup d'un coup. Réessaie { $until }.
rate-command = Tu as beaucoup utilisé cette commande depuis une minute. Réessaie { $until }.
rate-guild = Il y a beaucoup de monde sur ce serveur. Réessaie { $until }.
need-dj = Il te faut le rôle { $role }, ou modérer la musique ici.
need-moderator = Seuls ceux qui modèrent la musique ici peuvent le faire. Quelqu'un avec **Gérer le serveur** peut ajouter des rôles avec `/réglages rôle-modérateur`.
need-manage-guild = Il te faut la permission **Gérer le serveur**.
need-operator = Seuls les opérateurs de TimmyBot peuvent le faire.
not-in-dm = Cela ne marche que sur un serveur. Utilise-le dans un salon de ton serveur.

## What was typed

option-bad = Je n'ai pas pu lire l'option **{ $field }**. Choisis la commande dans la liste de Discord et réessaie.
text-blank = Il n'y a rien que je puisse lire. Écris quelques mots.
text-too-long = C'est trop long : { $max } caractères au plus.
text-control = Il y a des caractères de contrôle dedans. Écris-le de nouveau sans eux.
text-bidi = Il y a des caractères cachés qui retournent le texte. Écris-le de nouveau sans eux.
text-form = Ce n'est pas la forme que j'attends. Vérifie et réessaie.
url-malformed = Cela ressemble à une adresse, mais elle n'est pas complète. Copie-la de nouveau.
url-scheme = Je ne joue que les adresses qui commencent par `https://`.
url-userinfo = Il y a un nom d'utilisateur ou un mot de passe dans cette adresse. Partage-la sans.
url-private = Cette adresse n'est pas sur l'internet public, je ne peux pas l'atteindre.
url-port = Je ne peux pas utiliser le port de cette adresse. Prends-en une sans port.
url-too-long = Cette adresse est trop longue : { $max } caractères au plus.
number-range = Choisis un nombre entre { $min } et { $max }.
time-form = Je n'ai pas compris ce moment. Écris-le comme `1:30`, ou en secondes.
guild-id-bad = Ce n'est pas l'identifiant d'un serveur. C'est un long nombre ; `/admin liste` les montre.
message-nothing = Je n'ai trouvé ni adresse ni fichier audio dans ce message.

## When something is wrong on our side

store-unavailable = Je n'ai pas accès à ma mémoire pour le moment. Réessaie dans un instant. Si cela dure, donne cet identifiant au support : `{ $support }`
busy = Plusieurs personnes ont changé cela au même moment, et ta demande n'est pas passée. Réessaie.
internal = Quelque chose s'est mal passé de mon côté. Réessaie ; si cela dure, donne cet identifiant au support : `{ $support }`
reply-deadline = C'était trop long, j'ai arrêté d'attendre. Réessaie ; si cela dure, donne cet identifiant au support : `{ $support }`
unknown-command = Je ne connais plus cette commande. Recharge Discord avec Ctrl+R et réessaie.
component-expired = Ce bouton est trop ancien, ou vient d'un autre serveur. Relance la commande.

## Choices while typing (no markdown there)

choice-refused = Je ne peux rien proposer ici pour l'instant : voir /aide
choice-slow-down = Un instant, puis continue à écrire
choice-unavailable = Pas de suggestions pour l'instant : écris tout

## The queue

queued-now = **{ $title }** est en tête de file.
queued-at = **{ $title }** est à la place { $position }.
queued-next = **{ $title }** vient juste après.
queued-many = { $count ->
    [one] { $count } titre ajouté
   *[other] { $count } titres ajoutés
 } à la file.
queue-full = La file est pleine : elle contient au plus { $limit ->
    [one] { $limit } titre
   *[other] { $limit } titres
 }. Attends un peu, ou fais de la place avec `/retirer`.
user-limit = Tu as déjà { $limit ->
    [one] { $limit } titre
   *[other] { $limit } titres
 } dans la file, c'est le maximum ici. Attends qu'il en passe un.
track-too-long = Ce titre dépasse { $length }, le maximum permis ici.
artist-blocked = Les titres de cet artiste ne sont pas joués sur ce serveur.
explicit-refused = Les titres marqués explicites ne sont pas joués sur ce serveur.
queue-empty = La file est vide. Ajoute quelque chose avec `/jouer`.
nothing-playing = Rien ne joue. Commence avec `/jouer`.
no-such-position = Cette place n'existe pas : la file a { $len ->
    [one] { $len } titre
   *[other] { $len } titres
 }.
entry-gone = Ce titre n'est plus dans la file.
not-your-track = Quelqu'un d'autre a demandé ce titre. Ceux qui modèrent la musique ici peuvent le changer.
moved-on = Un autre titre joue déjà, rien n'a été changé.
removed = **{ $title }** est retiré de la file.
moved = **{ $title }** est maintenant à la place { $position }.
shuffled = { $count ->
    [one] { $count } titre mélangé
   *[other] { $count } titres mélangés
 }.
cleared = { $count ->
    [one] { $count } titre retiré
   *[other] { $count } titres retirés
 }. La file est vide.
clear-ask = Vraiment retirer { $count ->
    [one] { $count } titre
   *[other] les { $count } titres
 } de la file ? On ne peut pas revenir en arrière.
jumped = On passe à **{ $title }**.

## Playing

loop-off = Rien n'est répété.
loop-track = Le titre en cours est répété.
loop-queue = Toute la file est répétée.
skipped = Passé. Ensuite : **{ $title }**.
skipped-last = Passé. C'était le dernier titre ; ajoutes-en avec `/jouer`.
went-back = Retour à **{ $title }**.
previous-none = Il n'y a pas de titre avant celui-ci.
replayed = **{ $title }** recommence.
paused = En pause. Reprends avec `/reprendre`.
already-paused = C'est déjà en pause. Reprends avec `/reprendre`.
resumed = C'est reparti.
already-playing = Ce n'est pas en pause.
stopped = Arrêté, et la file est vide maintenant.
left = Je quitte le salon vocal. La file reste ; `/reprendre` ou `/rejoindre` me fait revenir.
not-there = Je ne suis pas dans le salon vocal. `/rejoindre` m'appelle.
voice-off = La voix n'est pas activée dans cette installation. Je garde la file prête ; `/passer` et les autres commandes la changent.
volume-set = Le volume est à { $percent } %.
seeked = On est à { $at }.
seek-past = Le titre ne dure que { $length }.
pong = Pong ! Je suis réveillé ; ta demande a pris { $ms } ms.
history-empty = Rien n'a encore été joué. Commence avec `/jouer`.

## Playlists

playlist-saved = { $count ->
    [one] { $count } titre enregistré
   *[other] { $count } titres enregistrés
 } sous **{ $name }**. Joue-la avec `/playlist charger`.
playlist-loaded = { $count ->
    [one] { $count } titre ajouté
   *[other] { $count } titres ajoutés
 } depuis **{ $name }**.
playlist-loaded-some = { $count ->
    [one] { $count } titre ajouté
   *[other] { $count } titres ajoutés
 } depuis **{ $name }** ; { $skipped ->
    [one] { $skipped } laissé
   *[other] { $skipped } laissés
 } de côté à cause des limites de ce serveur.
playlist-deleted = La playlist **{ $name }** est supprimée.
playlist-delete-ask = Vraiment supprimer la playlist **{ $name }** ? On ne peut pas revenir en arrière.
playlists-empty = Il n'y a pas encore de playlist. Enregistre la file avec `/playlist enregistrer`.
playlist-not-found = Il n'y a pas de playlist **{ $name }**. `/playlist liste` les montre toutes.
playlist-exists = Il y a déjà une playlist **{ $name }**. Choisis un autre nom, ou supprime-la d'abord avec `/playlist supprimer`.
playlist-too-many = Ce serveur a déjà { $max } playlists, c'est le maximum. Supprimes-en une d'abord avec `/playlist supprimer`.
playlist-not-yours = Seule la personne qui a enregistré **{ $name }**, ou un modérateur, peut le faire.
playlist-too-long = Une playlist contient au plus { $max } titres.
playlist-nothing-to-save = La file est vide, il n'y a rien à enregistrer. Ajoute quelque chose avec `/jouer`.

## Settings

dj-set = { $role } peut maintenant diriger la musique.
dj-cleared = Tout le monde peut maintenant diriger la musique.
moderator-added = { $role } modère maintenant la musique.
moderator-removed = { $role } ne modère plus la musique.
moderator-too-many = Au plus { $max } rôles peuvent modérer la musique. Retires-en un d'abord.
limits-set = Désormais au plus { $tracks } titres dans la file, { $each } par personne, { $length } par titre.
explicit-allowed = Les titres marqués explicites peuvent jouer.
explicit-off = Les titres marqués explicites sont refusés.
artist-block-added = **{ $artist }** n'est plus joué ici.
artist-block-removed = **{ $artist }** peut de nouveau être joué ici.
artist-not-blocked = **{ $artist }** n'était pas bloqué. `/réglages voir` montre qui l'est.
artists-too-many = Au plus { $max } artistes peuvent être bloqués. Débloques-en un d'abord.
default-volume-set = Une nouvelle file commence à { $percent } %.
announce-on = J'annonce chaque titre dans le salon.
announce-off = Je n'annonce plus les titres.
locale-set = Désormais, je parle français à tout le monde ici.
locale-auto = Je parle à chacun dans sa langue.
vote-skip-set = Un titre est passé quand { $percent } % des auditeurs votent pour.
twitch-connected = Les spectateurs de ta chaîne Twitch peuvent maintenant demander des titres ici. Ce qu'ils échangent ou écrivent compte comme demandé par toi ; chacun a la limite d'un membre en dix minutes.
twitch-pending = Ta chaîne Twitch est connectée. Twitch vérifie encore mon adresse ; dans une minute ou deux, tes spectateurs pourront demander des titres.
twitch-not-linked = Pour cela, j'ai besoin de ton compte Twitch. Lie-le avec `/lier`, puis réessaie.
twitch-missing-scopes = Ton lien avec Twitch est plus ancien et ne me laisse lire ni les échanges ni le chat. Refais-le avec `/lier`, puis réessaie.
twitch-taken = Un autre membre a connecté cette chaîne Twitch. Il doit d'abord la couper.
twitch-later = Twitch est injoignable pour l'instant. Je réessaie cette nuit ; tu peux réessayer dans quelques minutes.
twitch-off = Plus personne sur Twitch ne peut demander de titres ici.
twitch-reward-set = La récompense **{ $reward }** demande maintenant un titre.
twitch-reward-none = Plus aucune récompense ne demande de titre.
twitch-command-set = **!{ $command }** dans le chat demande maintenant un titre.
twitch-command-bad = Une commande a de 1 à { $max } lettres de a à z, chiffres et tirets bas.
settings-unchanged = C'était déjà ainsi. Rien n'a été changé.
settings-reset-done = Tous les réglages sont revenus à leur valeur par défaut.
settings-reset-ask = Vraiment remettre tous les réglages par défaut ?

## Linked accounts

link-offer = Avec le bouton, tu te connectes à { $provider } et tu lies ton compte. L'adresse n'est que pour toi, sert une fois et expire { $until }.
link-button = Lier { $provider }
linking-off = La liaison de comptes n'est pas configurée dans cette installation.
accounts-none = Tu n'as pas de compte lié. `/lier` en lie un.
account-linked = **{ $provider }** : lié { $since }
account-pending = **{ $provider }** : liaison en cours
account-lapsed = **{ $provider }** : n'accepte plus le lien. J'ai supprimé ses jetons ; `/lier` le refait.
unlinked = Ton compte { $provider } est délié : { $provider } est prévenu et ses jetons sont supprimés.
unlinked-quietly = Ton compte { $provider } est délié et ses jetons sont supprimés. { $provider } ne permet à aucune app de le lui dire : tu peux aussi me retirer de la liste des apps dans tes réglages là-bas.
not-linked = Tu n'as pas de compte { $provider } lié.
unlink-later = { $provider } ne peut pas être prévenu pour l'instant, donc rien n'a changé. Réessaie dans quelques minutes.
imported = { $count ->
    [one] { $count } titre enregistré
   *[other] { $count } titres enregistrés
 } depuis { $provider } sous **{ $name }**. Lance-la avec `/playlist charger`.
imported-some = { $count ->
    [one] Le premier titre enregistré
   *[other] Les { $count } premiers titres enregistrés
 } depuis { $provider } sous **{ $name }** ; une playlist n'en contient pas plus. Lance-la avec `/playlist charger`.
import-address = Ce n'est pas l'adresse d'une playlist Spotify ou YouTube. Copie-la là-bas avec « Partager ».
import-not-linked = Pour cela, j'ai besoin de ton compte { $provider }. Lie-le avec `/lier`, puis réessaie.
import-not-found = { $provider } ne montre pas cette playlist à ton compte. L'adresse est-elle juste, et peux-tu la voir ?
import-empty = Il n'y a rien dans cette playlist que je puisse jouer.
import-later = { $provider } est injoignable pour l'instant, donc rien n'a été enregistré. Réessaie dans quelques minutes.

## The page on which an account is linked: plain text, no markdown

page-link-title = Lier { $provider }
page-link-who = à cet utilisateur Discord
page-link-reads-playlists = Je pourrai lire tes playlists : leurs noms et les titres qu'elles contiennent.
page-link-reads-channel = Je pourrai lire les demandes faites avec des points de chaîne ou dans ton chat.
page-link-knows-you = Je saurai quel compte est le tien, et rien d'autre.
page-link-keeps = Ce que { $provider } me donne pour cela est gardé chiffré. Je ne vois jamais ton mot de passe et ne garde ni nom ni adresse e-mail. /délier le reprend à tout moment.
page-link-go = Continuer vers { $provider }
page-link-not-you = Ce n'est pas toi ? Alors quelqu'un t'a envoyé son adresse. Ferme cette page.
page-done-title = { $provider } est lié
page-done = Tu peux fermer cette page et revenir à Discord. /comptes montre ce qui est lié.
page-failed-title = Rien n'a été lié
page-unknown = Cette adresse a déjà servi, a plus de dix minutes ou n'a jamais existé. Demandes-en une autre dans Discord avec /lier.
page-other-browser = Cela a commencé dans un autre navigateur, ou celui-ci refuse les cookies. Ouvre l'adresse de Discord dans le navigateur où tu veux te connecter.
page-mix-up = La réponse vient d'un autre service que celui interrogé. Quelqu'un essaie peut-être de te tromper. Si tu veux lier le compte, demande une nouvelle adresse dans Discord avec /lier.
page-denied = Tu as refusé chez { $provider }. Si c'était une erreur, demande une nouvelle adresse dans Discord avec /lier.
page-too-little = Chez { $provider }, tout ce dont j'ai besoin n'a pas été autorisé, donc je ne garde rien. Demande une nouvelle adresse dans Discord avec /lier et laisse toutes les cases cochées.
page-taken = Ce compte { $provider } est lié à un autre utilisateur Discord. Il faut d'abord le délier là-bas avec /délier.
page-service-failed = { $provider } a répondu par une erreur, donc je ne garde rien. Réessaie dans quelques minutes avec une nouvelle adresse de /lier.
page-unavailable = Quelque chose ne fonctionne pas pour l'instant, ici ou chez le service. Réessaie dans quelques minutes avec une nouvelle adresse de /lier.
page-not-set-up = { $provider } n'est pas configuré dans cette installation. Qui la gère doit d'abord y enregistrer une application.
page-sign-in-title = Se connecter
page-sign-in-what = Pour utiliser mon API, ou ma ligne de commande, en ton nom. J’apprends qui tu es et si tu utilises l’authentification à deux facteurs, et je ne garde rien d’autre.
page-sign-in-go = Se connecter avec Discord
page-sign-in-not-you = Tu n’as rien demandé ? Alors quelqu’un t’a envoyé son adresse. Ferme cette page.
page-sign-in-failed-title = Tu n’es pas connecté
page-sign-in-again = Recommence là d’où tu viens, et termine dans un seul navigateur en moins de dix minutes.
page-signed-in-title = Ton code
page-signed-in-code = Colle-le là où tu as commencé, en moins d’une minute. Il sert une seule fois.
page-signed-in-secret = Ne le donne à personne. Qui te le demande n’est pas des nôtres.
page-slow-down = Trop de requêtes sont venues de ton réseau. Attends une minute et recharge la page.

## Somebody's own data

privacy-what = Je te connais par ton identifiant Discord et ne garde que ce qu'il me faut pour fonctionner. Jamais de vrais noms, d'adresses e-mail, de messages, de voix ni de lieux. Ce que je garde, pourquoi, et combien de temps :
privacy-for-playing = **Lecture** : les titres que tu as demandés, tes votes et si tu écoutes, pour faire tourner la file et montrer qui a demandé
privacy-for-playlists = **Playlists** : celles que tu as enregistrées, pour que tu puisses les changer
privacy-for-settings = **Réglages** : ce qui a été décidé pour un serveur
privacy-for-access = **Accès** : qui a demandé pour un serveur, qui a décidé et pourquoi
privacy-for-accounts = **Comptes liés** : ceux que tu as liés, avec leurs clés chiffrées, pour y faire ce que tu demandes
privacy-for-api = **API** : tes connexions avec ton nom Discord, tes rôles et clés, pour ne laisser entrer que toi
privacy-for-replies = **Réponses** : que je t'en dois une
privacy-for-limits = **Limites** : combien de fois tu as utilisé une commande, pour que personne ne me submerge
privacy-for-security = **Sécurité** : lesquelles de tes requêtes j'ai déjà vues, et des journaux sous un pseudonyme, pour que personne ne les renvoie ni n'abuse de moi sans être vu
privacy-for-audit = **Administration** : qui a changé quoi, sous un pseudonyme, pour que les abus se voient
privacy-for-operations = **Fonctionnement** : ce qui a échoué et quel opérateur m'a mis en pause, pour que je continue de marcher
privacy-for-privacy = **Tes demandes** : ce que tu as demandé au sujet de tes données, et qu'elles ont été supprimées
privacy-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
privacy-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
privacy-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
privacy-kept = { $time } au plus
privacy-kept-used = { $time } au plus après la dernière utilisation
privacy-kept-unlinked = jusqu'à ce que tu les délies
privacy-kept-removed = jusqu'à leur suppression
privacy-kept-erased = jusqu'à ce que tu supprimes tes données
privacy-kept-operator = jusqu'à ce qu'un opérateur le supprime
privacy-rights = `/confidentialité exporter` te donne une copie, `/confidentialité supprimer` supprime tout, `/confidentialité statut` dit où cela en est. Les sauvegardes gardent encore { $backups } jours ce qui a été supprimé. Les personnes qui exploitent ce bot répondent de tes données ; adresse-toi à elles pour tout le reste.

privacy-export-asked = Je prépare ta copie. Utilise `/confidentialité statut` dans quelques minutes : tu y auras un lien que personne d'autre ne voit. Ta demande est `{ $request }`.
privacy-erase-ask =
    Vraiment supprimer tout ce que j'ai sur toi ? C'est définitif.
    • **Les comptes liés** sont déliés auprès de leurs services, et leurs clés supprimées.
    • **Les files et historiques** gardent leurs titres et perdent ton nom.
    • **Les playlists** que tu as enregistrées sont supprimées.
    • **Les clés d'API** que tu as créées ne marchent plus ; tes rôles et connexions prennent fin.

    Il reste un temps : les entrées du journal d'administration, sous un pseudonyme ({ $audit } jours), les sauvegardes ({ $backups } jours) et la note que tu as été supprimé, pour que rien ne revienne ({ $note } jours). Tu peux continuer à m'utiliser ensuite ; tout recommence alors à zéro. Cette question expire { $until }.
privacy-erase-asked = Tes données sont en cours de suppression. Cela prend quelques minutes, et jusqu'à un jour si un service ne répond pas. `/confidentialité statut` dit où cela en est et te donne à la fin un reçu signé. Ta demande est `{ $request }`.
privacy-erase-kept = Rien n'a été supprimé.
privacy-request-form = Le numéro d'une demande a 32 chiffres et lettres, comme je te l'ai donné. Sans numéro, `/confidentialité statut` montre ta dernière demande.
privacy-no-request = Je ne connais pas de telle demande de ta part, ou pas encore : une nouvelle prend un instant. Les demandes sont oubliées après 40 jours.
privacy-gathering = Ta copie est encore en préparation. Redemande dans quelques minutes.
privacy-ready = Ta copie est prête. Le lien marche pour quiconque l'a et expire { $until } ; `/confidentialité statut` en refait un autant de fois que tu veux. La copie sera supprimée { $gone }.
privacy-download = Télécharger
privacy-export-gone = Cette copie a été supprimée depuis. `/confidentialité exporter` en fait une nouvelle.
privacy-export-taken = Il y a une copie par jour. Celle d'aujourd'hui est `{ $request }` : `/confidentialité statut` avec ce numéro te donne le lien.
privacy-export-failed = Ta copie n'a pas pu être préparée ; la faute est de mon côté. Tu peux réutiliser `/confidentialité exporter` dès maintenant ; préviens les personnes qui exploitent ce bot si cela échoue encore.
privacy-erasing-begun = Tes données sont en cours de suppression. Désormais, rien de ce qui avait commencé avant ne peut les ramener.
privacy-erasing-services = Tes données sont en cours de suppression. Je préviens les services de tes comptes liés ; si l'un ne répond pas, j'essaie pendant un jour, puis je continue sans lui.
privacy-erasing-stores = Tes données sont en cours de suppression, un stockage après l'autre.
privacy-erasing-settles = Tes données sont supprimées. Je repasse partout { $until }, pour ce qui aurait pu être en route.
privacy-erasing-receipt = Tes données sont supprimées. Le reçu est en cours de signature.
privacy-erased = Tes données ont été supprimées { $at }. Voici le reçu ; garde-le, il ne dit rien de toi. `timmy receipt verify` avec ce fichier vérifie sa signature, et quiconque le peut aussi avec les clés que ce bot publie.

## Access and operation

request-made = La demande est envoyée. Relance `/admin demander` pour voir où elle en est.
request-already-pending = Ce serveur a déjà demandé et attend une réponse.
request-too-soon = Ce serveur a été refusé il y a peu. Il peut redemander { $until }.
request-already-approved = Ce serveur a déjà accès. Essaie `/jouer` !
admin-approved = Le serveur `{ $guild }` a maintenant accès.
admin-approved-premium = Le serveur `{ $guild }` a maintenant accès, avec les limites premium.
admin-approved-standard = Le serveur `{ $guild }` a maintenant accès, avec les limites habituelles.
admin-denied = La demande du serveur `{ $guild }` est refusée.
admin-revoked = Le serveur `{ $guild }` n'a plus accès.
admin-cap = Les { $cap } places sont prises. Libères-en une d'abord avec `/admin révoquer`.
admin-not-found = Le serveur `{ $guild }` n'a pas demandé l'accès.
admin-wrong-state = Cela ne convient pas à l'état du serveur `{ $guild }`. `/admin liste` le montre.
admin-list-empty = Il n'y a pas de serveur dans cette liste.
lockdown-on = Je suis en pause partout. Deux opérateurs peuvent y mettre fin avec `/admin verrou lever`.
lockdown-level = Je suis verrouillé au niveau { $level }. Deux opérateurs peuvent y mettre fin avec `/admin verrou lever`.
lockdown-already = Je suis déjà en pause.
lockdown-resume-asked = C'est noté. Un second opérateur doit lancer `/admin verrou lever` ; ta demande expire { $until }.
lockdown-resumed = Je suis de retour partout.
lockdown-same-person = Il faut une seconde personne. Demande à un autre opérateur.
lockdown-not-on = Je ne suis pas en pause.
audit-empty = Il n'y a pas eu d'action d'administration dans cette période.
incident-taken = Noté : tu t'en occupes.
incident-closed = Fermé.
incident-silenced = Silence. J'en reparlerai { $until }.
incident-contained = Je suis en pause partout à cause de cet incident. Deux opérateurs peuvent y mettre fin avec `/admin verrou lever`.
incident-over = Cet incident est déjà terminé.
incident-gone = Je ne connais plus cet incident.
incidents-empty = Il ne s'est rien passé.
incident-open = ouvert
incident-acknowledged = quelqu'un s'en occupe
incident-resolved = terminé
incident-quiet = en silence, de retour { $until }
incident-review = à examiner { $by }
alert-under-attack = Une attaque est en cours
alert-unauthorized-access = Quelqu'un sans autorisation insiste
alert-auth-failures = Beaucoup n'ont pas pu prouver leur identité
alert-suspicious-activity = Le score de comportements étranges est élevé
alert-guild-banned = Un serveur a été banni pour une heure
alert-finding = AWS a trouvé quelque chose
alert-secret-touched = Quelqu'un a touché un secret à la main
alert-break-glass = Quelqu'un a pris le rôle d'urgence
alert-verification-failures = Des signatures ne sont pas valides
alert-webhook-unconfigured = Le secret d'un webhook manque
alert-rotation-failures = Des jetons ou des clés n'ont pas pu être renouvelés
alert-signing-key-age = Une de nos clés a plus d'un an
alert-third-party-key-age = Une clé que seul un humain peut renouveler est ancienne
alert-dead-letters = Du travail attend dans une file de rebut
alert-function-errors = Une fonction échoue
alert-function-throttles = Une fonction est bridée
alert-store-failures = Une table ne répond pas
alert-voice-late = La musique saccade
alert-voice-failures = Un worker vocal est injoignable
alert-lease-age = Un worker ne peut pas renouveler son bail
alert-worker-stopped = Un worker vocal s'est arrêté autrement que prévu
alert-replies-refused = Discord refuse nos réponses
alert-checkpoints = Les extrémités du journal d'audit ne sont pas signées
alert-budget = Cela coûte plus que convenu
alert-fan-out = Les alarmes n'atteignent pas tout le monde
alert-unknown = Une alarme que personne n'a nommée
alert-malformed = Quelque chose qui n'est pas une alarme est arrivé comme une alarme

## Titles and labels of cards

card-queued = Ajouté à la file
card-playing = Titre actuel
card-paused = En pause
card-idle = Rien ne joue
card-queue = File · { $count ->
    [one] { $count } titre
   *[other] { $count } titres
 }
card-history = Joué avant
card-playlists = Playlists
card-settings = Réglages
card-help = Ce que je sais faire
card-guilds = Serveurs
card-audit = Actions d'administration
card-incidents = Incidents
card-page = Page { $page } sur { $pages }
card-next-up = Ensuite : { $title }
card-next-none = Rien ne suit
card-passed-over = Sauté : { $title }
card-requested-by = pour { $user }
card-requested-by-somebody = pour quelqu'un
card-somebody = quelqu'un
card-place = Place { $position }
card-place-now = En tête de file
card-place-next = Juste après
card-open-end = sans fin
card-volume = Volume { $percent } %
card-track-count = { $count ->
    [one] { $count } titre
   *[other] { $count } titres
 }
card-support = Identifiant pour le support : `{ $support }`

label-dj-role = Rôle DJ
label-moderators = Modérateurs
label-limit-tracks = Titres dans la file
label-limit-user = Titres par personne
label-limit-length = Titre le plus long
label-explicit = Titres explicites
label-blocked = Artistes bloqués
label-volume = Volume de départ
label-announce = Annonces
label-language = Langue
label-vote-skip = Votes pour passer
label-twitch = Demandes de Twitch
value-none = aucun
value-on = oui
value-off = non
value-allowed = autorisés
value-refused = refusés
value-auto = celle de chacun
value-percent = { $percent } %
status-approved = approuvé
status-pending = en attente
status-denied = refusé
status-revoked = révoqué

button-pause = Pause
button-resume = Reprendre
button-skip = Passer
button-previous = Précédent
button-shuffle = Mélanger
button-loop-off = Répéter : rien
button-loop-track = Répéter : titre
button-loop-queue = Répéter : file
button-louder = Plus fort
button-quieter = Moins fort
button-queue = File
button-page-back = Retour
button-page-on = Suite
button-clear = Tout retirer
button-delete = Supprimer
button-reset = Réinitialiser
button-cancel = Annuler
button-approve = Approuver
button-deny = Refuser
modal-deny-title = Refuser une demande
modal-deny-reason = Pourquoi ? Le serveur le verra.

help-intro = Je joue de la musique dans ton salon vocal. Commence avec `/jouer`.

## Missing permissions

permissions-missing = Il me manque des permissions dans ce salon. Demande à quelqu'un qui gère les rôles de me donner :
permission-view = **Voir le salon**, pour voir où l'on m'appelle
permission-connect = **Se connecter**, pour entrer dans le salon vocal
permission-speak = **Parler**, pour qu'on m'entende
permission-send = **Envoyer des messages**, pour montrer le lecteur et annoncer les titres
permission-send-threads = **Envoyer des messages dans les fils**, pour faire de même dans les fils

## Voice

voice-joined = Je suis dans votre salon vocal.
voice-no-channel = Je ne vous trouve dans aucun salon vocal. Rejoignez-en un, puis réessayez ; la file reste.
voice-shut-out = On ne me laisse pas entrer dans ce salon vocal. Il me faut les permissions Voir le salon, Se connecter et Parler ; puis réessayez. La file reste.
voice-thrown-out = Quelqu’un m’a retiré du salon vocal. Rappelez-moi quand vous voulez ; la file reste.
voice-unencrypted = Ce salon vocal ne prend pas en charge le chiffrement de bout en bout, et je ne joue que là où personne d’autre ne peut écouter. Essayez un autre salon ; la file reste.
votes-count = { $votes } votes sur { $needed } pour passer.
votes-passed = Passé par vote.
source-failed = Je n’ai pas pu lire ce morceau : { $code ->
    [source-not-found] introuvable
    [source-forbidden] son serveur me le refuse
    [source-too-large] fichier trop gros
    [source-too-long] plus long que ce que ce serveur permet
    [source-not-audio] il n’y a pas de son
    [source-unsupported] format non pris en charge
    [source-address] adresse non autorisée
    [source-redirect] son serveur me fait tourner en rond
    [source-too-slow] son serveur est trop lent
    [source-cut-short] la lecture s’est interrompue
    [source-unreachable] serveur injoignable
    [source-search-off] la recherche n’est pas activée ici ; donnez-moi un lien
    [source-sites-off] ces sites ne sont pas activés ici ; donnez-moi un lien direct
    [source-site-failed] le site n’a pas pu être lu
   *[other] un problème est survenu de mon côté
}.
