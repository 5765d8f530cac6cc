## Who may

access-missing = Este servidor ainda não tem acesso ao TimmyBot. Alguém com **Gerenciar servidor** pode pedir com `/admin solicitar`.
access-pending = Este servidor pediu acesso e está esperando a resposta. Você não precisa fazer mais nada.
access-denied = O pedido deste servidor foi recusado. Se algo mudou, alguém com **Gerenciar servidor** pode pedir de novo com `/admin solicitar`.
access-revoked = O acesso deste servidor foi retirado. Alguém com **Gerenciar servidor** pode pedir de novo com `/admin solicitar`.
access-banned = Houve tentativas demais sem acesso neste servidor. Volto a ouvir { $until }.
access-unreadable = Não consegui verificar o acesso deste servidor agora. Tente de novo daqui a pouco.
containment-paused = Estou em pausa para manutenção, então nada mudou. Tente de novo mais tarde.
rate-user = Foi muita coisa de uma vez. Tente de novo { $until }.
rate-command = Você usou muito este comando no último minuto. Tente de novo { $until }.
rate-guild = Este servidor está bem movimentado agora. Tente de novo { $until }.
need-dj = Para isso você precisa do cargo { $role }, ou de moderar a música aqui.
need-moderator = Só quem modera a música aqui pode fazer isso. Alguém com **Gerenciar servidor** pode adicionar cargos com `/configurações cargo-moderador`.
need-manage-guild = Para isso você precisa da permissão **Gerenciar servidor**.
need-operator = Só os operadores do TimmyBot podem fazer isso.
not-in-dm = Isso só funciona em um servidor. Use em um canal do seu servidor.

## What was typed

option-bad = Não consegui ler a opção **{ $field }**. Escolha o comando na lista do Discord e tente de novo.
text-blank = Não há nada que eu consiga ler. Escreva algumas palavras.
text-too-long = Está longo demais: no máximo { $max } caracteres.
text-control = Há caracteres de controle no texto. Escreva de novo sem eles.
text-bidi = Há caracteres ocultos que viram o texto ao contrário. Escreva de novo sem eles.
text-form = Não está na forma que eu espero. Confira e tente de novo.
url-malformed = Parece um endereço, mas não está completo. Copie de novo.
url-scheme = Eu só toco endereços que começam com `https://`.
url-userinfo = Há um nome de usuário ou uma senha neste endereço. Compartilhe sem isso.
url-private = Este endereço não está na internet pública, então não consigo chegar nele.
url-port = Não posso usar a porta deste endereço. Use um sem porta.
url-too-long = Este endereço é longo demais: no máximo { $max } caracteres.
number-range = Escolha um número entre { $min } e { $max }.
time-form = Não entendi esse tempo. Escreva como `1:30`, ou em segundos.
guild-id-bad = Isso não é o id de um servidor. Um id é um número longo; `/admin lista` mostra todos.
message-nothing = Não achei nenhum endereço nem arquivo de áudio nesta mensagem.

## When something is wrong on our side

store-unavailable = Não consigo acessar a minha memória agora. Tente de novo daqui a pouco. Se continuar, passe este id ao suporte: `{ $support }`
busy = Várias pessoas mudaram isso ao mesmo tempo, e o seu não entrou. Tente de novo.
internal = Algo deu errado do meu lado. Tente de novo; se continuar, passe este id ao suporte: `{ $support }`
reply-deadline = Demorou demais, então parei de esperar. Tente de novo; se continuar, passe este id ao suporte: `{ $support }`
unknown-command = Não conheço mais este comando. Recarregue o Discord com Ctrl+R e tente de novo.
component-expired = Este botão é antigo demais, ou era de outro servidor. Use o comando de novo.

## Choices while typing (no markdown there)

choice-refused = Ainda não posso sugerir nada aqui: veja /ajuda
choice-slow-down = Um instante, e continue digitando
choice-unavailable = Sem sugestões agora: é só digitar tudo

## The queue

queued-now = **{ $title }** é a primeira da fila.
queued-at = **{ $title }** está na posição { $position }.
queued-next = **{ $title }** vem logo depois.
queued-many = { $count ->
    [one] { $count } faixa entrou
   *[other] { $count } faixas entraram
 } na fila.
queue-full = A fila está cheia: cabe no máximo { $limit ->
    [one] { $limit } faixa
   *[other] { $limit } faixas
 }. Espere um pouco, ou abra espaço com `/remover`.
user-limit = Você já tem { $limit ->
    [one] { $limit } faixa
   *[other] { $limit } faixas
 } na fila, o máximo daqui. Espere uma tocar.
track-too-long = Esta faixa passa de { $length }, o máximo permitido aqui.
artist-blocked = As faixas deste artista não tocam neste servidor.
explicit-refused = Faixas marcadas como explícitas não tocam neste servidor.
queue-empty = A fila está vazia. Adicione algo com `/tocar`.
nothing-playing = Nada está tocando. Comece com `/tocar`.
no-such-position = Essa posição não existe: a fila tem { $len ->
    [one] { $len } faixa
   *[other] { $len } faixas
 }.
entry-gone = Esta faixa não está mais na fila.
not-your-track = Outra pessoa pediu esta faixa. Quem modera a música aqui pode mudar isso.
moved-on = Outra faixa já está tocando, então nada mudou.
removed = **{ $title }** saiu da fila.
moved = **{ $title }** agora está na posição { $position }.
shuffled = { $count ->
    [one] { $count } faixa embaralhada
   *[other] { $count } faixas embaralhadas
 }.
cleared = { $count ->
    [one] { $count } faixa removida
   *[other] { $count } faixas removidas
 }. A fila está vazia.
clear-ask = Remover mesmo { $count ->
    [one] { $count } faixa
   *[other] as { $count } faixas
 } da fila? Não dá para desfazer.
jumped = Vamos para **{ $title }**.

## Playing

loop-off = Nada se repete.
loop-track = A faixa atual se repete.
loop-queue = A fila inteira se repete.
skipped = Pulada. Agora: **{ $title }**.
skipped-last = Pulada. Era a última faixa; adicione mais com `/tocar`.
went-back = De volta para **{ $title }**.
previous-none = Não há faixa antes desta.
replayed = **{ $title }** começa de novo.
paused = Pausado. Continue com `/continuar`.
already-paused = Já está pausado. Continue com `/continuar`.
resumed = Continuando.
already-playing = Não está pausado.
stopped = Parado, e a fila está vazia agora.
left = Saio do canal de voz. A fila fica; `/continuar` ou `/entrar` me traz de volta.
not-there = Não estou no canal de voz. `/entrar` me chama.
voice-off = A voz não está ligada nesta instalação. Deixo a fila pronta; `/pular` e os outros comandos a mudam.
volume-set = O volume está em { $percent } %.
seeked = Estamos em { $at }.
seek-past = A faixa só tem { $length }.
pong = Pong! Estou acordado; seu pedido levou { $ms } ms.
history-empty = Nada tocou ainda. Comece com `/tocar`.

## Playlists

playlist-saved = { $count ->
    [one] { $count } faixa salva
   *[other] { $count } faixas salvas
 } como **{ $name }**. Toque com `/playlist carregar`.
playlist-loaded = { $count ->
    [one] { $count } faixa adicionada
   *[other] { $count } faixas adicionadas
 } de **{ $name }**.
playlist-loaded-some = { $count ->
    [one] { $count } faixa adicionada
   *[other] { $count } faixas adicionadas
 } de **{ $name }**; { $skipped ->
    [one] { $skipped } ficou
   *[other] { $skipped } ficaram
 } de fora por causa dos limites deste servidor.
playlist-deleted = A playlist **{ $name }** foi excluída.
playlist-delete-ask = Excluir mesmo a playlist **{ $name }**? Não dá para desfazer.
playlists-empty = Ainda não há playlists. Salve a fila com `/playlist salvar`.
playlist-not-found = Não há playlist chamada **{ $name }**. `/playlist lista` mostra todas.
playlist-exists = Já há uma playlist chamada **{ $name }**. Escolha outro nome, ou exclua essa antes com `/playlist excluir`.
playlist-too-many = Este servidor já tem { $max } playlists, o máximo. Exclua uma antes com `/playlist excluir`.
playlist-not-yours = Só quem salvou **{ $name }**, ou um moderador, pode fazer isso.
playlist-too-long = Uma playlist tem no máximo { $max } faixas.
playlist-nothing-to-save = A fila está vazia, não há nada para salvar. Adicione algo com `/tocar`.

## Settings

dj-set = { $role } agora pode controlar a música.
dj-cleared = Agora todos podem controlar a música.
moderator-added = { $role } agora modera a música.
moderator-removed = { $role } não modera mais a música.
moderator-too-many = No máximo { $max } cargos podem moderar a música. Tire um antes.
limits-set = Agora no máximo { $tracks } faixas na fila, { $each } por pessoa, { $length } por faixa.
explicit-allowed = Faixas marcadas como explícitas agora podem tocar.
explicit-off = Faixas marcadas como explícitas agora são recusadas.
artist-block-added = **{ $artist }** não toca mais aqui.
artist-block-removed = **{ $artist }** pode tocar aqui de novo.
artist-not-blocked = **{ $artist }** não estava na lista de bloqueio. `/configurações ver` mostra quem está.
artists-too-many = No máximo { $max } artistas podem ser bloqueados. Desbloqueie um antes.
default-volume-set = Uma fila nova começa em { $percent } %.
announce-on = Anuncio cada faixa no canal.
announce-off = Não anuncio mais as faixas.
locale-set = De agora em diante falo português com todos aqui.
locale-auto = Falo com cada um no seu idioma.
vote-skip-set = Uma faixa é pulada quando { $percent } % dos ouvintes votam por isso.
twitch-connected = Quem assiste ao seu canal da Twitch já pode pedir músicas aqui. O que resgatam ou escrevem conta como pedido por você; cada pessoa tem o limite de um membro em dez minutos.
twitch-pending = Seu canal da Twitch está conectado. A Twitch ainda confere meu endereço; em um ou dois minutos já dá para pedir músicas.
twitch-not-linked = Para isso preciso da sua conta da Twitch. Vincule-a com `/vincular` e tente de novo.
twitch-missing-scopes = Seu vínculo com a Twitch é mais antigo e não me deixa ler os resgates nem o chat. Vincule de novo com `/vincular` e tente outra vez.
twitch-taken = Outro membro conectou este canal da Twitch. Ele precisa desativá-lo primeiro.
twitch-later = Não dá para falar com a Twitch agora. Tento de novo hoje à noite; você pode tentar em alguns minutos.
twitch-off = Ninguém na Twitch pode mais pedir músicas aqui.
twitch-reward-set = A recompensa **{ $reward }** agora pede uma música.
twitch-reward-none = Nenhuma recompensa pede mais uma música.
twitch-command-set = **!{ $command }** no chat agora pede uma música.
twitch-command-bad = Um comando tem de 1 a { $max } letras de a a z, números e sublinhados.
settings-unchanged = Já estava assim. Nada mudou.
settings-reset-done = Todas as configurações voltaram ao padrão.
settings-reset-ask = Voltar mesmo todas as configurações ao padrão?

## Linked accounts

link-offer = Com o botão você entra em { $provider } e vincula sua conta. O endereço é só seu, vale uma vez e expira { $until }.
link-button = Vincular { $provider }
linking-off = Vincular contas não está configurado nesta instalação.
accounts-none = Você não tem contas vinculadas. `/vincular` vincula uma.
account-linked = **{ $provider }**: vinculada { $since }
account-pending = **{ $provider }**: está sendo vinculada
account-lapsed = **{ $provider }**: não aceita mais o vínculo. Apaguei as chaves; `/vincular` o refaz.
unlinked = Sua conta de { $provider } está desvinculada: { $provider } foi avisado e as chaves foram apagadas.
unlinked-quietly = Sua conta de { $provider } está desvinculada e as chaves foram apagadas. { $provider } não deixa nenhum app avisar: você também pode me tirar da lista de apps nas suas configurações de lá.
not-linked = Você não tem conta de { $provider } vinculada.
unlink-later = Não dá para avisar { $provider } agora, então nada mudou. Tente de novo em alguns minutos.
imported = Salvei { $count ->
    [one] { $count } faixa
   *[other] { $count } faixas
 } de { $provider } como **{ $name }**. Toque com `/playlist carregar`.
imported-some = Salvei { $count ->
    [one] a primeira faixa
   *[other] as primeiras { $count } faixas
 } de { $provider } como **{ $name }**; numa playlist não cabem mais. Toque com `/playlist carregar`.
import-address = Esse não é o endereço de uma playlist do Spotify ou do YouTube. Copie-o lá com “Compartilhar”.
import-not-linked = Para isso preciso da sua conta de { $provider }. Vincule-a com `/vincular` e tente de novo.
import-not-found = O { $provider } não mostra essa playlist à sua conta. O endereço está certo e você pode vê-la?
import-empty = Não há nada nesta playlist que eu possa tocar.
import-later = Não dá para falar com { $provider } agora, então nada foi salvo. Tente de novo em alguns minutos.

## The page on which an account is linked: plain text, no markdown

page-link-title = Vincular { $provider }
page-link-who = a este usuário do Discord
page-link-reads-playlists = Vou poder ler suas playlists: os nomes e quais faixas estão nelas.
page-link-reads-channel = Vou poder ler os pedidos feitos com pontos do canal ou no seu chat.
page-link-knows-you = Vou saber qual conta é sua e nada mais.
page-link-keeps = O que { $provider } me dá para isso fica guardado com criptografia. Nunca vejo sua senha e não guardo nome nem e-mail. /desvincular desfaz isso quando quiser.
page-link-go = Continuar para { $provider }
page-link-not-you = Não é você? Então alguém mandou o endereço dele para você. Feche esta página.
page-done-title = { $provider } está vinculado
page-done = Você pode fechar esta página e voltar ao Discord. /contas mostra o que está vinculado.
page-failed-title = Nada foi vinculado
page-unknown = Este endereço já foi usado, tem mais de dez minutos ou nunca existiu. Peça outro no Discord com /vincular.
page-other-browser = Isso começou em outro navegador, ou este não aceita cookies. Abra o endereço do Discord no navegador em que quer entrar.
page-mix-up = A resposta veio de outro serviço, não do que foi perguntado. Alguém pode estar tentando enganar você. Se quer vincular a conta, peça outro endereço no Discord com /vincular.
page-denied = Você recusou em { $provider }. Se foi engano, peça outro endereço no Discord com /vincular.
page-too-little = Em { $provider } não foi permitido tudo de que preciso, então não guardo nada. Peça outro endereço no Discord com /vincular e deixe todas as caixas marcadas.
page-taken = Esta conta de { $provider } está vinculada a outro usuário do Discord. Primeiro é preciso desvinculá-la lá com /desvincular.
page-service-failed = { $provider } respondeu com um erro, então não guardo nada. Tente em alguns minutos com outro endereço de /vincular.
page-unavailable = Algo não está funcionando agora, aqui ou no serviço. Tente em alguns minutos com outro endereço de /vincular.
page-not-set-up = { $provider } não está configurado nesta instalação. Quem a opera precisa antes registrar um aplicativo lá.
page-sign-in-title = Entrar
page-sign-in-what = Para usar minha API, ou minha linha de comando, em seu nome. Fico sabendo quem você é e se usa a autenticação de dois fatores, e não guardo mais nada.
page-sign-in-go = Entrar com o Discord
page-sign-in-not-you = Você não pediu isto? Então alguém lhe enviou um endereço próprio. Feche esta página.
page-sign-in-failed-title = Você não entrou
page-sign-in-again = Comece de novo onde estava e termine em um só navegador em até dez minutos.
page-signed-in-title = Seu código
page-signed-in-code = Cole-o onde você começou, em até um minuto. Ele vale uma vez.
page-signed-in-secret = Não o dê a ninguém. Quem pedir não é dos nossos.
page-slow-down = Vieram pedidos demais da sua rede. Espere um minuto e recarregue a página.

## Somebody's own data

privacy-what = Conheço você pelo seu id do Discord e guardo só o que preciso para funcionar. Nunca nomes reais, e-mails, mensagens, vozes ou lugares. O que guardo, para quê e por quanto tempo:
privacy-for-playing = **Reprodução**: que faixas você pediu, seus votos e se você ouve, para a fila funcionar e mostrar quem pediu
privacy-for-playlists = **Playlists**: quais você salvou, para que possa mudá-las
privacy-for-settings = **Configurações**: o que foi decidido para um servidor
privacy-for-access = **Acesso**: quem pediu para um servidor, quem decidiu e por quê
privacy-for-accounts = **Contas vinculadas**: quais você vinculou, com as chaves cifradas, para fazer nelas o que você pedir
privacy-for-api = **API**: seus logins com o seu nome no Discord, cargos e chaves, para que só você entre
privacy-for-replies = **Respostas**: que devo uma a você
privacy-for-limits = **Limites**: quantas vezes você usou um comando, para que ninguém me sobrecarregue
privacy-for-security = **Segurança**: quais dos seus pedidos já vi, e registros com um pseudônimo, para que ninguém os envie de novo nem abuse de mim sem ser visto
privacy-for-audit = **Administração**: quem mudou o quê, com um pseudônimo, para que abusos apareçam
privacy-for-operations = **Operação**: o que falhou e que operador me pausou, para eu continuar funcionando
privacy-for-privacy = **Seus pedidos**: o que você pediu sobre seus dados, e que eles foram excluídos
privacy-days = { $count ->
    [one] { $count } dia
   *[other] { $count } dias
}
privacy-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
privacy-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
privacy-kept = no máximo { $time }
privacy-kept-used = no máximo { $time } depois do último uso
privacy-kept-unlinked = até você desvincular
privacy-kept-removed = até serem excluídas
privacy-kept-erased = até você excluir seus dados
privacy-kept-operator = até um operador excluir
privacy-rights = `/privacidade exportar` entrega uma cópia, `/privacidade excluir` exclui tudo, `/privacidade status` diz como está. Backups ainda têm o que foi excluído por mais { $backups } dias. Quem mantém este bot responde pelos seus dados; fale com essas pessoas sobre todo o resto.

privacy-export-asked = Estou preparando sua cópia. Use `/privacidade status` em alguns minutos: ele dá um link que mais ninguém vê. Seu pedido é `{ $request }`.
privacy-erase-ask =
    Excluir mesmo tudo o que tenho sobre você? Não dá para desfazer.
    • **Contas vinculadas** são desvinculadas nos serviços, e as chaves delas, excluídas.
    • **Filas e históricos** ficam com as faixas e perdem o seu nome.
    • **Playlists** que você salvou são excluídas.
    • **Chaves de API** que você criou deixam de funcionar; seus cargos e logins terminam.

    Por um tempo ficam: registros da administração, com um pseudônimo ({ $audit } dias), backups ({ $backups } dias) e a nota de que você foi excluído, para que nada volte ({ $note } dias). Você pode continuar me usando depois; aí tudo começa do zero. Esta pergunta expira { $until }.
privacy-erase-asked = Seus dados estão sendo excluídos. Isso leva alguns minutos, e até um dia se um serviço não responder. `/privacidade status` diz como está e, no fim, entrega um recibo assinado. Seu pedido é `{ $request }`.
privacy-erase-kept = Nada foi excluído.
privacy-request-form = O número de um pedido tem 32 dígitos e letras, como eu disse a você. Sem número, `/privacidade status` mostra seu último pedido.
privacy-no-request = Não conheço esse pedido seu, ou ainda não: um novo leva um momento. Pedidos são esquecidos depois de 40 dias.
privacy-gathering = Sua cópia ainda está sendo preparada. Pergunte de novo em alguns minutos.
privacy-ready = Sua cópia está pronta. O link funciona para quem o tiver e expira { $until }; `/privacidade status` faz outro quantas vezes você quiser. A cópia será excluída { $gone }.
privacy-download = Baixar
privacy-export-gone = Essa cópia já foi excluída. `/privacidade exportar` faz uma nova.
privacy-export-taken = Há uma cópia por dia. A de hoje é `{ $request }`: `/privacidade status` com esse número dá o link.
privacy-export-failed = Não foi possível preparar sua cópia; a falha é minha. Você já pode usar `/privacidade exportar` de novo; avise quem mantém este bot se falhar outra vez.
privacy-erasing-begun = Seus dados estão sendo excluídos. A partir de agora, nada que começou antes pode trazê-los de volta.
privacy-erasing-services = Seus dados estão sendo excluídos. Estou avisando os serviços das suas contas vinculadas; se um deles não responder, tento por um dia e depois sigo sem ele.
privacy-erasing-stores = Seus dados estão sendo excluídos, armazenamento por armazenamento.
privacy-erasing-settles = Seus dados foram excluídos. Reviso tudo mais uma vez { $until }, para o caso de algo estar a caminho.
privacy-erasing-receipt = Seus dados foram excluídos. O recibo está sendo assinado.
privacy-erased = Seus dados foram excluídos { $at }. Aqui está o recibo; guarde-o, ele não diz nada sobre você. `timmy receipt verify` com este arquivo confere a assinatura, e qualquer pessoa também pode, com as chaves que este bot publica.

## Access and operation

request-made = O pedido foi enviado. Use `/admin solicitar` de novo para ver como está.
request-already-pending = Este servidor já pediu e está esperando a resposta.
request-too-soon = Este servidor foi recusado há pouco tempo. Pode pedir de novo { $until }.
request-already-approved = Este servidor já tem acesso. Experimente `/tocar`!
admin-approved = O servidor `{ $guild }` agora tem acesso.
admin-approved-premium = O servidor `{ $guild }` agora tem acesso, com os limites premium.
admin-approved-standard = O servidor `{ $guild }` agora tem acesso, com os limites normais.
admin-denied = O pedido do servidor `{ $guild }` foi recusado.
admin-revoked = O servidor `{ $guild }` não tem mais acesso.
admin-cap = As { $cap } vagas estão ocupadas. Libere uma antes com `/admin revogar`.
admin-not-found = O servidor `{ $guild }` não pediu acesso.
admin-wrong-state = Isso não combina com o estado do servidor `{ $guild }`. `/admin lista` mostra qual é.
admin-list-empty = Não há servidores nesta lista.
lockdown-on = Estou em pausa em todos os lugares. Dois operadores podem encerrar com `/admin bloqueio encerrar`.
lockdown-level = Estou bloqueado no nível { $level }. Dois operadores podem encerrar com `/admin bloqueio encerrar`.
lockdown-already = Já estou em pausa.
lockdown-resume-asked = Anotado. Um segundo operador precisa usar `/admin bloqueio encerrar`; seu pedido expira { $until }.
lockdown-resumed = Voltei em todos os lugares.
lockdown-same-person = É preciso uma segunda pessoa. Peça a outro operador.
lockdown-not-on = Não estou em pausa.
audit-empty = Não houve ações administrativas nesse período.
incident-taken = Anotado: você cuida disso.
incident-closed = Fechado.
incident-silenced = Em silêncio. Volto a falar disso { $until }.
incident-contained = Estou em pausa em todos os lugares por causa deste incidente. Dois operadores podem encerrar isso com `/admin bloqueio encerrar`.
incident-over = Esse incidente já acabou.
incident-gone = Não conheço mais esse incidente.
incidents-empty = Não aconteceu nada.
incident-open = aberto
incident-acknowledged = alguém está cuidando
incident-resolved = encerrado
incident-quiet = em silêncio, volta { $until }
incident-review = a revisar { $by }
alert-under-attack = Há um ataque em andamento
alert-unauthorized-access = Alguém sem permissão continua tentando
alert-auth-failures = Muitos não conseguiram provar quem são
alert-suspicious-activity = A pontuação de comportamento estranho está alta
alert-guild-banned = Um servidor foi banido por uma hora
alert-finding = A AWS encontrou algo
alert-secret-touched = Alguém mexeu em um segredo manualmente
alert-break-glass = Alguém assumiu a função de emergência
alert-verification-failures = Há assinaturas que não conferem
alert-webhook-unconfigured = Falta o segredo de um webhook
alert-rotation-failures = Não foi possível renovar tokens ou chaves
alert-signing-key-age = Uma chave nossa tem mais de um ano
alert-third-party-key-age = Uma chave que só pessoas podem renovar está velha
alert-dead-letters = Há trabalho em uma fila de mensagens mortas
alert-function-errors = Uma função falha
alert-function-throttles = Uma função está sendo limitada
alert-store-failures = Uma tabela não responde
alert-voice-late = A música engasga
alert-voice-failures = Não é possível alcançar um worker de voz
alert-lease-age = Um worker não consegue renovar sua concessão
alert-worker-stopped = Um worker de voz terminou fora do previsto
alert-replies-refused = O Discord recusa nossas respostas
alert-checkpoints = As pontas da trilha de auditoria não são assinadas
alert-budget = Custa mais do que o combinado
alert-fan-out = Os alarmes não chegam a todos
alert-unknown = Um alarme que ninguém nomeou
alert-malformed = Algo que não é um alarme chegou como se fosse

## Titles and labels of cards

card-queued = Na fila
card-playing = Faixa atual
card-paused = Pausado
card-idle = Nada está tocando
card-queue = Fila · { $count ->
    [one] { $count } faixa
   *[other] { $count } faixas
 }
card-history = Tocou antes
card-playlists = Playlists
card-settings = Configurações
card-help = O que eu sei fazer
card-guilds = Servidores
card-audit = Ações administrativas
card-incidents = Incidentes
card-page = Página { $page } de { $pages }
card-next-up = Depois: { $title }
card-next-none = Depois não vem nada
card-passed-over = Deixada de lado: { $title }
card-requested-by = para { $user }
card-requested-by-somebody = para alguém
card-somebody = alguém
card-place = Posição { $position }
card-place-now = Primeira da fila
card-place-next = Vem depois
card-open-end = sem fim
card-volume = Volume { $percent } %
card-track-count = { $count ->
    [one] { $count } faixa
   *[other] { $count } faixas
 }
card-support = Id para o suporte: `{ $support }`

label-dj-role = Cargo de DJ
label-moderators = Moderadores
label-limit-tracks = Faixas na fila
label-limit-user = Faixas por pessoa
label-limit-length = Faixa mais longa
label-explicit = Faixas explícitas
label-blocked = Artistas bloqueados
label-volume = Volume inicial
label-announce = Anúncios
label-language = Idioma
label-vote-skip = Votos para pular
label-twitch = Pedidos da Twitch
value-none = nenhum
value-on = sim
value-off = não
value-allowed = permitidas
value-refused = recusadas
value-auto = o de cada um
value-percent = { $percent } %
status-approved = aprovado
status-pending = em espera
status-denied = negado
status-revoked = revogado

button-pause = Pausar
button-resume = Continuar
button-skip = Pular
button-previous = Anterior
button-shuffle = Embaralhar
button-loop-off = Repetir: nada
button-loop-track = Repetir: faixa
button-loop-queue = Repetir: fila
button-louder = Mais alto
button-quieter = Mais baixo
button-queue = Fila
button-page-back = Voltar
button-page-on = Mais
button-clear = Remover tudo
button-delete = Excluir
button-reset = Restaurar
button-cancel = Cancelar
button-approve = Aprovar
button-deny = Negar
modal-deny-title = Negar um pedido
modal-deny-reason = Por quê? O servidor vai ver.

help-intro = Eu toco música no seu canal de voz. Comece com `/tocar`.

## Missing permissions

permissions-missing = Faltam permissões para mim neste canal. Peça a alguém que gerencia cargos para me dar:
permission-view = **Ver canal**, para ver onde me chamam
permission-connect = **Conectar**, para entrar no canal de voz
permission-speak = **Falar**, para ser ouvido
permission-send = **Enviar mensagens**, para mostrar o player e anunciar faixas
permission-send-threads = **Enviar mensagens em tópicos**, para fazer o mesmo em tópicos

## Voice

voice-joined = Estou no seu canal de voz.
voice-no-channel = Não encontro você em nenhum canal de voz. Entre em um e tente de novo; a fila fica.
voice-shut-out = Não me deixam entrar nesse canal de voz. Preciso das permissões Ver canal, Conectar e Falar; depois tente de novo. A fila fica.
voice-thrown-out = Alguém me tirou do canal de voz. Chame-me de novo quando quiser; a fila fica.
voice-unencrypted = Este canal de voz não tem criptografia de ponta a ponta, e só toco onde mais ninguém pode escutar. Tente outro canal; a fila fica.
votes-count = { $votes } de { $needed } votos para pular.
votes-passed = Pulada por votação.
source-failed = Não consegui tocar isto: { $code ->
    [source-not-found] não foi encontrada
    [source-forbidden] o servidor dela não me deixa
    [source-too-large] é grande demais
    [source-too-long] é mais longa do que este servidor permite
    [source-not-audio] não tem som
    [source-unsupported] o formato não é compatível
    [source-address] o endereço não é permitido
    [source-redirect] o servidor dela me manda em círculos
    [source-too-slow] o servidor dela é lento demais
    [source-cut-short] foi interrompida
    [source-unreachable] o servidor dela está inacessível
    [source-search-off] a busca não está ativada aqui; mande um link
    [source-sites-off] esses sites não estão ativados aqui; mande um link direto
    [source-site-failed] não foi possível ler o site
   *[other] algo deu errado do meu lado
}.
