## Who may

access-missing = Este servidor aún no tiene acceso a TimmyBot. Alguien con **Gestionar servidor** puede pedirlo con `/admin solicitar`.
access-pending = Este servidor ha pedido acceso y espera respuesta. No tienes que hacer nada más.
access-denied = La solicitud de este servidor fue rechazada. Si algo ha cambiado, alguien con **Gestionar servidor** puede volver a pedirlo con `/admin solicitar`.
access-revoked = A este servidor se le retiró el acceso. Alguien con **Gestionar servidor** puede volver a pedirlo con `/admin solicitar`.
access-banned = Hubo demasiados intentos sin acceso desde este servidor. Volveré a escuchar { $until }.
access-unreadable = No he podido comprobar el acceso de este servidor. Prueba otra vez en un momento.
containment-paused = Estoy en pausa por mantenimiento, así que no ha cambiado nada. Prueba más tarde.
rate-user = Eso fue mucho de golpe. Prueba otra vez { $until }.
rate-command = Has usado mucho este comando en el último minuto. Prueba otra vez { $until }.
rate-guild = Este servidor está muy ocupado ahora. Prueba otra vez { $until }.
need-dj = Para esto necesitas el rol { $role }, o moderar la música aquí.
need-moderator = Solo quienes moderan la música aquí pueden hacerlo. Alguien con **Gestionar servidor** puede añadir roles con `/ajustes rol-moderador`.
need-manage-guild = Para esto necesitas el permiso **Gestionar servidor**.
need-operator = Solo los operadores de TimmyBot pueden hacerlo.
not-in-dm = Esto solo funciona en un servidor. Úsalo en un canal de tu servidor.

## What was typed

option-bad = No he podido leer la opción **{ $field }**. Elige el comando de la lista de Discord y prueba otra vez.
text-blank = No hay nada que pueda leer. Escribe unas palabras.
text-too-long = Es demasiado largo: { $max } caracteres como mucho.
text-control = Contiene caracteres de control. Escríbelo otra vez sin ellos.
text-bidi = Contiene caracteres ocultos que dan la vuelta al texto. Escríbelo otra vez sin ellos.
text-form = No tiene la forma que espero. Revísalo y prueba otra vez.
url-malformed = Parece una dirección, pero no está completa. Cópiala otra vez.
url-scheme = Solo reproduzco direcciones que empiezan por `https://`.
url-userinfo = Hay un nombre de usuario o una contraseña en esta dirección. Compártela sin ellos.
url-private = Esta dirección no está en la internet pública, así que no llego a ella.
url-port = No puedo usar el puerto de esta dirección. Usa una sin puerto.
url-too-long = Esta dirección es demasiado larga: { $max } caracteres como mucho.
number-range = Elige un número entre { $min } y { $max }.
time-form = No he entendido ese momento. Escríbelo como `1:30`, o en segundos.
guild-id-bad = Eso no es el id de un servidor. Un id es un número largo; `/admin lista` los muestra.
message-nothing = No he encontrado ninguna dirección ni archivo de audio en este mensaje.

## When something is wrong on our side

store-unavailable = Ahora no llego a mi memoria. Prueba otra vez en un momento. Si sigue así, da este id a soporte: `{ $support }`
busy = Varias personas cambiaron esto a la vez y lo tuyo no entró. Prueba otra vez.
internal = Algo ha fallado por mi parte. Prueba otra vez; si sigue así, da este id a soporte: `{ $support }`
reply-deadline = Tardaba demasiado, así que dejé de esperar. Prueba otra vez; si sigue así, da este id a soporte: `{ $support }`
unknown-command = Ya no conozco este comando. Recarga Discord con Ctrl+R y prueba otra vez.
component-expired = Este botón es demasiado antiguo, o era para otro servidor. Usa el comando otra vez.

## Choices while typing (no markdown there)

choice-refused = Aquí aún no puedo sugerir nada: mira /ayuda
choice-slow-down = Un momento, y sigue escribiendo
choice-unavailable = Ahora no hay sugerencias: escríbelo entero

## The queue

queued-now = **{ $title }** es la primera de la cola.
queued-at = **{ $title }** está en el puesto { $position }.
queued-next = **{ $title }** viene ahora después.
queued-many = { $count ->
    [one] { $count } pista añadida
   *[other] { $count } pistas añadidas
 } a la cola.
queue-full = La cola está llena: { $limit ->
    [one] cabe { $limit } pista
   *[other] caben { $limit } pistas
 } como mucho. Espera un poco, o haz sitio con `/quitar`.
user-limit = Ya tienes { $limit ->
    [one] { $limit } pista
   *[other] { $limit } pistas
 } en la cola, que es el máximo aquí. Espera a que suene una.
track-too-long = Esta pista dura más de { $length }, el máximo permitido aquí.
artist-blocked = Las pistas de este artista no se reproducen en este servidor.
explicit-refused = Las pistas marcadas como explícitas no se reproducen en este servidor.
queue-empty = La cola está vacía. Añade algo con `/reproducir`.
nothing-playing = No suena nada. Empieza con `/reproducir`.
no-such-position = Ese puesto no existe: la cola tiene { $len ->
    [one] { $len } pista
   *[other] { $len } pistas
 }.
entry-gone = Esta pista ya no está en la cola.
not-your-track = Otra persona pidió esta pista. Quienes moderan la música aquí pueden cambiarla.
moved-on = Ya suena otra pista, así que no ha cambiado nada.
removed = **{ $title }** ya no está en la cola.
moved = **{ $title }** está ahora en el puesto { $position }.
shuffled = { $count ->
    [one] { $count } pista mezclada
   *[other] { $count } pistas mezcladas
 }.
cleared = { $count ->
    [one] { $count } pista quitada
   *[other] { $count } pistas quitadas
 }. La cola está vacía.
clear-ask = ¿Seguro que quieres quitar { $count ->
    [one] { $count } pista
   *[other] las { $count } pistas
 } de la cola? No se puede deshacer.
jumped = Vamos a **{ $title }**.

## Playing

loop-off = No se repite nada.
loop-track = Se repite la pista actual.
loop-queue = Se repite toda la cola.
skipped = Saltada. Ahora: **{ $title }**.
skipped-last = Saltada. Era la última pista; añade más con `/reproducir`.
went-back = De vuelta a **{ $title }**.
previous-none = No hay ninguna pista antes de esta.
replayed = **{ $title }** empieza de nuevo.
paused = En pausa. Sigue con `/reanudar`.
already-paused = Ya está en pausa. Sigue con `/reanudar`.
resumed = Seguimos.
already-playing = No está en pausa.
stopped = Detenido, y la cola está vacía ahora.
left = Salgo del canal de voz. La cola se queda; `/reanudar` o `/entrar` me trae de vuelta.
not-there = No estoy en el canal de voz. `/entrar` me llama.
voice-off = La voz no está activada en esta instalación. Tengo la cola lista; `/saltar` y los demás comandos la cambian.
volume-set = El volumen está al { $percent } %.
seeked = Estamos en { $at }.
seek-past = La pista solo dura { $length }.
pong = ¡Pong! Estoy despierto; tu petición tardó { $ms } ms.
history-empty = Aún no ha sonado nada. Empieza con `/reproducir`.

## Playlists

playlist-saved = { $count ->
    [one] { $count } pista guardada
   *[other] { $count } pistas guardadas
 } como **{ $name }**. Reprodúcela con `/lista cargar`.
playlist-loaded = { $count ->
    [one] { $count } pista añadida
   *[other] { $count } pistas añadidas
 } de **{ $name }**.
playlist-loaded-some = { $count ->
    [one] { $count } pista añadida
   *[other] { $count } pistas añadidas
 } de **{ $name }**; { $skipped ->
    [one] { $skipped } se quedó
   *[other] { $skipped } se quedaron
 } fuera por los límites de este servidor.
playlist-deleted = La lista **{ $name }** está borrada.
playlist-delete-ask = ¿Seguro que quieres borrar la lista **{ $name }**? No se puede deshacer.
playlists-empty = Aún no hay listas. Guarda la cola con `/lista guardar`.
playlist-not-found = No hay ninguna lista llamada **{ $name }**. `/lista ver` las muestra todas.
playlist-exists = Ya hay una lista llamada **{ $name }**. Elige otro nombre, o bórrala antes con `/lista borrar`.
playlist-too-many = Este servidor ya tiene { $max } listas, que es el máximo. Borra antes una con `/lista borrar`.
playlist-not-yours = Solo quien guardó **{ $name }**, o un moderador, puede hacerlo.
playlist-too-long = En una lista caben { $max } pistas como mucho.
playlist-nothing-to-save = La cola está vacía, no hay nada que guardar. Añade algo con `/reproducir`.

## Settings

dj-set = { $role } ya puede controlar la música.
dj-cleared = Ahora todos pueden controlar la música.
moderator-added = { $role } modera ahora la música.
moderator-removed = { $role } ya no modera la música.
moderator-too-many = Como mucho { $max } roles pueden moderar la música. Quita uno antes.
limits-set = Ahora como mucho { $tracks } pistas en la cola, { $each } por persona, { $length } por pista.
explicit-allowed = Las pistas marcadas como explícitas ya pueden sonar.
explicit-off = Las pistas marcadas como explícitas se rechazan.
artist-block-added = **{ $artist }** ya no suena aquí.
artist-block-removed = **{ $artist }** puede volver a sonar aquí.
artist-not-blocked = **{ $artist }** no estaba en la lista de bloqueos. `/ajustes ver` muestra quién está.
artists-too-many = Se pueden bloquear { $max } artistas como mucho. Desbloquea uno antes.
default-volume-set = Una cola nueva empieza al { $percent } %.
announce-on = Anuncio cada pista en el canal.
announce-off = Ya no anuncio las pistas.
locale-set = Desde ahora hablo español con todos aquí.
locale-auto = Hablo con cada cual en su idioma.
vote-skip-set = Una pista se salta cuando el { $percent } % de los oyentes vota por ello.
twitch-connected = Los espectadores de tu canal de Twitch ya pueden pedir canciones aquí. Lo que canjean o escriben cuenta como pedido por ti; cada uno tiene el límite de un miembro en diez minutos.
twitch-pending = Tu canal de Twitch está conectado. Twitch aún comprueba mi dirección; en uno o dos minutos tus espectadores podrán pedir canciones.
twitch-not-linked = Para eso necesito tu cuenta de Twitch. Vincúlala con `/vincular` e inténtalo de nuevo.
twitch-missing-scopes = Tu vínculo con Twitch es anterior y no me deja leer los canjes ni el chat. Vuelve a vincularlo con `/vincular` e inténtalo de nuevo.
twitch-taken = Otro miembro ha conectado este canal de Twitch. Primero tiene que desactivarlo.
twitch-later = Ahora no se puede contactar con Twitch. Lo intento otra vez esta noche; puedes intentarlo en unos minutos.
twitch-off = Ya nadie en Twitch puede pedir canciones aquí.
twitch-reward-set = La recompensa **{ $reward }** ahora pide una canción.
twitch-reward-none = Ninguna recompensa pide ya una canción.
twitch-command-set = **!{ $command }** en el chat ahora pide una canción.
twitch-command-bad = Un comando tiene de 1 a { $max } letras de la a a la z, cifras y guiones bajos.
settings-unchanged = Ya estaba así. No ha cambiado nada.
settings-reset-done = Todos los ajustes han vuelto a su valor inicial.
settings-reset-ask = ¿Seguro que quieres devolver todos los ajustes a su valor inicial?

## Linked accounts

link-offer = Con el botón entras en { $provider } y vinculas tu cuenta. La dirección es solo tuya, sirve una vez y caduca { $until }.
link-button = Vincular { $provider }
linking-off = Vincular cuentas no está configurado en esta instalación.
accounts-none = No tienes cuentas vinculadas. `/vincular` vincula una.
account-linked = **{ $provider }**: vinculada { $since }
account-pending = **{ $provider }**: se está vinculando
account-lapsed = **{ $provider }**: ya no acepta el vínculo. He borrado sus claves; `/vincular` lo crea de nuevo.
unlinked = Tu cuenta de { $provider } está desvinculada: se ha avisado a { $provider } y sus claves están borradas.
unlinked-quietly = Tu cuenta de { $provider } está desvinculada y sus claves están borradas. { $provider } no deja que una app lo avise: también puedes quitarme de la lista de apps en tus ajustes de allí.
not-linked = No tienes ninguna cuenta de { $provider } vinculada.
unlink-later = Ahora no se puede avisar a { $provider }, así que no ha cambiado nada. Inténtalo de nuevo en unos minutos.
imported = He guardado { $count ->
    [one] { $count } pista
   *[other] { $count } pistas
 } de { $provider } como **{ $name }**. Ponla con `/lista cargar`.
imported-some = He guardado { $count ->
    [one] la primera pista
   *[other] las primeras { $count } pistas
 } de { $provider } como **{ $name }**; en una lista no caben más. Ponla con `/lista cargar`.
import-address = Esa no es la dirección de una lista de Spotify o YouTube. Cópiala allí con «Compartir».
import-not-linked = Para eso necesito tu cuenta de { $provider }. Vincúlala con `/vincular` e inténtalo de nuevo.
import-not-found = { $provider } no muestra esa lista a tu cuenta. ¿Es correcta la dirección y puedes verla?
import-empty = En esta lista no hay nada que pueda poner.
import-later = Ahora no se puede contactar con { $provider }, así que no se ha guardado nada. Inténtalo de nuevo en unos minutos.

## The page on which an account is linked: plain text, no markdown

page-link-title = Vincular { $provider }
page-link-who = con este usuario de Discord
page-link-reads-playlists = Podré leer tus listas: sus nombres y qué pistas contienen.
page-link-reads-channel = Podré leer las peticiones hechas con puntos del canal o en tu chat.
page-link-knows-you = Sabré qué cuenta es tuya y nada más.
page-link-keeps = Lo que { $provider } me da para ello se guarda cifrado. Nunca veo tu contraseña y no guardo ni nombre ni correo. /desvincular lo retira cuando quieras.
page-link-go = Continuar a { $provider }
page-link-not-you = ¿No eres tú? Entonces alguien te ha enviado su dirección. Cierra esta página.
page-done-title = { $provider } está vinculado
page-done = Puedes cerrar esta página y volver a Discord. /cuentas muestra lo que está vinculado.
page-failed-title = No se ha vinculado nada
page-unknown = Esta dirección ya se usó, tiene más de diez minutos o nunca existió. Pide otra en Discord con /vincular.
page-other-browser = Esto empezó en otro navegador, o este no acepta cookies. Abre la dirección de Discord en el navegador en el que quieres entrar.
page-mix-up = La respuesta vino de otro servicio que el preguntado. Puede que alguien intente engañarte. Si quieres vincular la cuenta, pide otra dirección en Discord con /vincular.
page-denied = Has dicho que no en { $provider }. Si fue un descuido, pide otra dirección en Discord con /vincular.
page-too-little = En { $provider } no se permitió todo lo que necesito, así que no guardo nada. Pide otra dirección en Discord con /vincular y deja todas las casillas marcadas.
page-taken = Esta cuenta de { $provider } está vinculada a otro usuario de Discord. Primero hay que desvincularla allí con /desvincular.
page-service-failed = { $provider } respondió con un error, así que no guardo nada. Inténtalo en unos minutos con otra dirección de /vincular.
page-unavailable = Algo no funciona ahora, aquí o en el servicio. Inténtalo en unos minutos con otra dirección de /vincular.
page-not-set-up = { $provider } no está configurado en esta instalación. Quien la gestiona debe registrar antes una aplicación allí.
page-sign-in-title = Iniciar sesión
page-sign-in-what = Para usar mi API, o mi línea de comandos, en tu nombre. Sabré quién eres y si usas la autenticación de dos factores, y no guardo nada más.
page-sign-in-go = Iniciar sesión con Discord
page-sign-in-not-you = ¿No has pedido esto? Entonces alguien te ha enviado una dirección suya. Cierra esta página.
page-sign-in-failed-title = No has iniciado sesión
page-sign-in-again = Empieza de nuevo donde estabas y termina en un solo navegador en menos de diez minutos.
page-signed-in-title = Tu código
page-signed-in-code = Pégalo donde empezaste, en menos de un minuto. Sirve una sola vez.
page-signed-in-secret = No se lo des a nadie. Quien te lo pida no es de los nuestros.
page-slow-down = Llegaron demasiadas peticiones desde tu red. Espera un minuto y vuelve a cargar la página.

## Somebody's own data

privacy-what = Te conozco por tu id de Discord y solo guardo lo que necesito para funcionar. Nunca nombres reales, correos, mensajes, voces ni lugares. Qué guardo, para qué y cuánto tiempo:
privacy-for-playing = **Reproducción**: qué pistas pediste, tus votos y si escuchas, para llevar la cola y mostrar quién pidió
privacy-for-playlists = **Listas**: cuáles guardaste, para que puedas cambiarlas
privacy-for-settings = **Ajustes**: qué se decidió para un servidor
privacy-for-access = **Acceso**: quién lo pidió para un servidor, quién decidió y por qué
privacy-for-accounts = **Cuentas vinculadas**: cuáles vinculaste, con sus claves cifradas, para hacer allí lo que pidas
privacy-for-api = **API**: tus inicios de sesión con tu nombre de Discord, tus roles y claves, para que solo entres tú
privacy-for-replies = **Respuestas**: que te debo una
privacy-for-limits = **Límites**: cuántas veces usaste un comando, para que nadie me desborde
privacy-for-security = **Seguridad**: cuáles de tus peticiones ya he visto, y registros con un seudónimo, para que nadie las envíe otra vez ni abuse de mí sin ser visto
privacy-for-audit = **Administración**: quién cambió qué, con un seudónimo, para descubrir abusos
privacy-for-operations = **Funcionamiento**: qué falló y qué operador me pausó, para seguir funcionando
privacy-for-privacy = **Tus solicitudes**: qué pediste sobre tus datos, y que se borraron
privacy-days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
privacy-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
privacy-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
privacy-kept = como mucho { $time }
privacy-kept-used = como mucho { $time } después del último uso
privacy-kept-unlinked = hasta que las desvincules
privacy-kept-removed = hasta que se borren
privacy-kept-erased = hasta que borres tus datos
privacy-kept-operator = hasta que un operador lo borre
privacy-rights = `/privacidad exportar` te da una copia, `/privacidad borrar` lo borra todo, `/privacidad estado` dice cómo va. Las copias de seguridad conservan lo borrado { $backups } días más. Quienes gestionan este bot responden de tus datos; acude a ellos para todo lo demás.

privacy-export-asked = Estoy preparando tu copia. Usa `/privacidad estado` en unos minutos: te da un enlace que nadie más ve. Tu solicitud es `{ $request }`.
privacy-erase-ask =
    ¿Seguro que quieres borrar todo lo que tengo sobre ti? No se puede deshacer.
    • **Las cuentas vinculadas** se desvinculan en sus servicios, y sus claves se borran.
    • **Las colas y los historiales** conservan sus pistas y pierden tu nombre.
    • **Las listas** que guardaste se borran.
    • **Las claves de API** que creaste dejan de funcionar; tus roles e inicios de sesión terminan.

    Durante un tiempo quedan: entradas del registro de administración, con un seudónimo ({ $audit } días), copias de seguridad ({ $backups } días) y la nota de que se te borró, para que nada vuelva ({ $note } días). Puedes seguir usándome después; eso empieza de cero. Esta pregunta caduca { $until }.
privacy-erase-asked = Tus datos se están borrando. Tarda unos minutos, y hasta un día si un servicio no responde. `/privacidad estado` dice cómo va y al final te da un recibo firmado. Tu solicitud es `{ $request }`.
privacy-erase-kept = No se ha borrado nada.
privacy-request-form = El número de una solicitud tiene 32 cifras y letras, tal como te lo di. Sin número, `/privacidad estado` muestra tu última solicitud.
privacy-no-request = No conozco esa solicitud tuya, o todavía no: una nueva tarda un momento. Las solicitudes se olvidan a los 40 días.
privacy-gathering = Tu copia aún se está preparando. Pregunta otra vez en unos minutos.
privacy-ready = Tu copia está lista. El enlace funciona para quien lo tenga y caduca { $until }; `/privacidad estado` crea otro cuantas veces quieras. La copia se borrará { $gone }.
privacy-download = Descargar
privacy-export-gone = Esa copia ya se borró. `/privacidad exportar` crea una nueva.
privacy-export-taken = Hay una copia al día. La de hoy es `{ $request }`: `/privacidad estado` con ese número te da el enlace.
privacy-export-failed = No se pudo preparar tu copia; el fallo es mío. Puedes usar ya otra vez `/privacidad exportar`; díselo a quienes gestionan este bot si vuelve a fallar.
privacy-erasing-begun = Tus datos se están borrando. Desde ahora, nada que hubiera empezado antes puede traerlos de vuelta.
privacy-erasing-services = Tus datos se están borrando. Estoy avisando a los servicios de tus cuentas vinculadas; si alguno no responde, lo intento durante un día y luego sigo sin él.
privacy-erasing-stores = Tus datos se están borrando, almacén por almacén.
privacy-erasing-settles = Tus datos están borrados. Lo reviso todo otra vez { $until }, por si algo estaba en camino.
privacy-erasing-receipt = Tus datos están borrados. El recibo se está firmando.
privacy-erased = Tus datos se borraron { $at }. Aquí está el recibo; guárdalo, no dice nada sobre ti. `timmy receipt verify` con este archivo comprueba su firma, y también puede hacerlo cualquiera con las claves que publica este bot.

## Access and operation

request-made = La solicitud está enviada. Usa `/admin solicitar` otra vez para ver cómo va.
request-already-pending = Este servidor ya lo ha pedido y espera respuesta.
request-too-soon = Este servidor fue rechazado hace poco. Puede volver a pedirlo { $until }.
request-already-approved = Este servidor ya tiene acceso. ¡Prueba `/reproducir`!
admin-approved = El servidor `{ $guild }` ya tiene acceso.
admin-approved-premium = El servidor `{ $guild }` ya tiene acceso, con los límites premium.
admin-approved-standard = El servidor `{ $guild }` ya tiene acceso, con los límites normales.
admin-denied = La solicitud del servidor `{ $guild }` está rechazada.
admin-revoked = El servidor `{ $guild }` ya no tiene acceso.
admin-cap = Las { $cap } plazas están ocupadas. Libera antes una con `/admin revocar`.
admin-not-found = El servidor `{ $guild }` no ha pedido acceso.
admin-wrong-state = Eso no encaja con el estado del servidor `{ $guild }`. `/admin lista` lo muestra.
admin-list-empty = No hay servidores en esta lista.
lockdown-on = Estoy en pausa en todas partes. Dos operadores pueden terminarlo con `/admin bloqueo levantar`.
lockdown-level = Estoy bloqueado en el nivel { $level }. Dos operadores pueden terminarlo con `/admin bloqueo levantar`.
lockdown-already = Ya estoy en pausa.
lockdown-resume-asked = Anotado. Un segundo operador debe usar `/admin bloqueo levantar`; tu petición caduca { $until }.
lockdown-resumed = He vuelto en todas partes.
lockdown-same-person = Hace falta una segunda persona. Pídeselo a otro operador.
lockdown-not-on = No estoy en pausa.
audit-empty = No hubo acciones administrativas en ese tiempo.
incident-taken = Anotado: te encargas tú.
incident-closed = Cerrado.
incident-silenced = En silencio. Volveré a hablar de ello { $until }.
incident-contained = Estoy en pausa en todas partes por este incidente. Dos operadores pueden terminarlo con `/admin bloqueo levantar`.
incident-over = Ese incidente ya ha terminado.
incident-gone = Ya no conozco ese incidente.
incidents-empty = No ha pasado nada.
incident-open = abierto
incident-acknowledged = alguien se encarga
incident-resolved = terminado
incident-quiet = en silencio, vuelve { $until }
incident-review = por revisar { $by }
alert-under-attack = Hay un ataque en curso
alert-unauthorized-access = Alguien sin permiso insiste
alert-auth-failures = Muchos no pudieron demostrar quiénes son
alert-suspicious-activity = La puntuación de comportamiento extraño es alta
alert-guild-banned = Se vetó un servidor durante una hora
alert-finding = AWS ha encontrado algo
alert-secret-touched = Alguien ha tocado un secreto a mano
alert-break-glass = Alguien ha asumido el rol de emergencia
alert-verification-failures = Hay firmas que no son válidas
alert-webhook-unconfigured = Falta el secreto de un webhook
alert-rotation-failures = No se pudieron renovar tokens o claves
alert-signing-key-age = Una clave nuestra tiene más de un año
alert-third-party-key-age = Una clave que solo las personas pueden renovar es antigua
alert-dead-letters = Hay trabajo en una cola de mensajes fallidos
alert-function-errors = Una función falla
alert-function-throttles = Una función está limitada
alert-store-failures = Una tabla no responde
alert-voice-late = La música se entrecorta
alert-voice-failures = No se llega a un worker de voz
alert-lease-age = Un worker no puede renovar su concesión
alert-worker-stopped = Un worker de voz terminó de forma no prevista
alert-replies-refused = Discord rechaza nuestras respuestas
alert-checkpoints = Los extremos del registro de auditoría no se firman
alert-budget = Cuesta más de lo acordado
alert-fan-out = Las alarmas no llegan a todos
alert-unknown = Una alarma a la que nadie ha puesto nombre
alert-malformed = Algo que no es una alarma llegó como si lo fuera

## Titles and labels of cards

card-queued = Añadida a la cola
card-playing = Pista actual
card-paused = En pausa
card-idle = No suena nada
card-queue = Cola · { $count ->
    [one] { $count } pista
   *[other] { $count } pistas
 }
card-history = Sonó antes
card-playlists = Listas
card-settings = Ajustes
card-help = Lo que sé hacer
card-guilds = Servidores
card-audit = Acciones administrativas
card-incidents = Incidentes
card-page = Página { $page } de { $pages }
card-next-up = Después: { $title }
card-next-none = Después no viene nada
card-passed-over = Omitida: { $title }
card-requested-by = para { $user }
card-requested-by-somebody = para alguien
card-somebody = alguien
card-place = Puesto { $position }
card-place-now = La primera de la cola
card-place-next = Viene después
card-open-end = sin final
card-volume = Volumen { $percent } %
card-track-count = { $count ->
    [one] { $count } pista
   *[other] { $count } pistas
 }
card-support = Id para soporte: `{ $support }`

label-dj-role = Rol de DJ
label-moderators = Moderadores
label-limit-tracks = Pistas en la cola
label-limit-user = Pistas por persona
label-limit-length = Pista más larga
label-explicit = Pistas explícitas
label-blocked = Artistas bloqueados
label-volume = Volumen inicial
label-announce = Anuncios
label-language = Idioma
label-vote-skip = Votos para saltar
label-twitch = Peticiones de Twitch
value-none = ninguno
value-on = sí
value-off = no
value-allowed = permitidas
value-refused = rechazadas
value-auto = el de cada cual
value-percent = { $percent } %
status-approved = aprobado
status-pending = en espera
status-denied = denegado
status-revoked = revocado

button-pause = Pausa
button-resume = Seguir
button-skip = Saltar
button-previous = Anterior
button-shuffle = Mezclar
button-loop-off = Repetir: nada
button-loop-track = Repetir: pista
button-loop-queue = Repetir: cola
button-louder = Más alto
button-quieter = Más bajo
button-queue = Cola
button-page-back = Atrás
button-page-on = Más
button-clear = Quitar todo
button-delete = Borrar
button-reset = Restablecer
button-cancel = Cancelar
button-approve = Aprobar
button-deny = Denegar
modal-deny-title = Denegar una solicitud
modal-deny-reason = ¿Por qué? El servidor lo verá.

help-intro = Pongo música en tu canal de voz. Empieza con `/reproducir`.

## Missing permissions

permissions-missing = Me faltan permisos en este canal. Pide a alguien que gestione roles que me dé:
permission-view = **Ver canal**, para ver dónde me llaman
permission-connect = **Conectar**, para entrar en el canal de voz
permission-speak = **Hablar**, para que se me oiga
permission-send = **Enviar mensajes**, para mostrar el reproductor y anunciar pistas
permission-send-threads = **Enviar mensajes en hilos**, para hacer lo mismo en los hilos

## Voice

voice-joined = Estoy en tu canal de voz.
voice-no-channel = No te encuentro en ningún canal de voz. Entra en uno y vuelve a intentarlo; la cola se queda.
voice-shut-out = No me dejan entrar en ese canal de voz. Necesito allí los permisos Ver canal, Conectar y Hablar; luego vuelve a intentarlo. La cola se queda.
voice-thrown-out = Alguien me ha sacado del canal de voz. Llámame de nuevo cuando quieras; la cola se queda.
voice-unencrypted = Este canal de voz no admite el cifrado de extremo a extremo, y solo toco donde nadie más puede escuchar. Prueba en otro canal; la cola se queda.
votes-count = { $votes } de { $needed } votos para saltar.
votes-passed = Saltada por votación.
source-failed = No he podido reproducir esto: { $code ->
    [source-not-found] no se ha encontrado
    [source-forbidden] su servidor no me lo da
    [source-too-large] es demasiado grande
    [source-too-long] dura más de lo que permite este servidor
    [source-not-audio] no tiene sonido
    [source-unsupported] el formato no es compatible
    [source-address] la dirección no está permitida
    [source-redirect] su servidor me manda en círculos
    [source-too-slow] su servidor es demasiado lento
    [source-cut-short] se ha cortado
    [source-unreachable] no se puede llegar a su servidor
    [source-search-off] la búsqueda no está activada aquí; dame un enlace
    [source-sites-off] esos sitios no están activados aquí; dame un enlace directo
    [source-site-failed] no se pudo leer el sitio
   *[other] algo ha fallado por mi parte
}.
