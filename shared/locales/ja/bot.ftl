## Who may

access-missing = このサーバーはまだ TimmyBot を利用できません。**サーバー管理**の権限を持つ人が `/管理 申請` で申請できます。
access-pending = このサーバーは申請済みで、返事を待っています。ほかにすることはありません。
access-denied = このサーバーの申請は却下されました。状況が変わったら、**サーバー管理**の権限を持つ人が `/管理 申請` でもう一度申請できます。
access-revoked = このサーバーの利用は取り消されました。**サーバー管理**の権限を持つ人が `/管理 申請` でもう一度申請できます。
access-banned = 利用できない状態での操作が多すぎました。{ $until }にまた受け付けます。
access-unreadable = このサーバーの利用状況を確認できませんでした。少し待ってからもう一度お試しください。
containment-paused = メンテナンスのため停止中です。何も変更していません。あとでもう一度お試しください。
rate-user = 操作が多すぎます。{ $until }にもう一度お試しください。
rate-command = この一分間にこのコマンドが多く使われました。{ $until }にもう一度お試しください。
rate-guild = このサーバーは今とても混み合っています。{ $until }にもう一度お試しください。
need-dj = これには { $role } のロールか、音楽の管理権限が必要です。
need-moderator = これはここの音楽を管理する人だけが使えます。**サーバー管理**の権限を持つ人が `/設定 モデレーターロール` でロールを追加できます。
need-manage-guild = これには**サーバー管理**の権限が必要です。
need-operator = これは TimmyBot の運営者だけが使えます。
not-in-dm = これはサーバーでのみ使えます。サーバーのチャンネルでお試しください。

## What was typed

option-bad = **{ $field }** を読み取れませんでした。Discord の一覧からコマンドを選んで、もう一度お試しください。
text-blank = 読める文字がありません。言葉を入力してください。
text-too-long = 長すぎます。{ $max } 文字以内にしてください。
text-control = 制御文字が含まれています。取り除いて入力し直してください。
text-bidi = 文字の向きを変える見えない文字が含まれています。取り除いて入力し直してください。
text-form = 形式が正しくありません。確かめてもう一度お試しください。
url-malformed = アドレスのようですが、完全ではありません。もう一度コピーしてください。
url-scheme = `https://` で始まるアドレスだけを再生できます。
url-userinfo = このアドレスにはユーザー名かパスワードが含まれています。取り除いてください。
url-private = このアドレスは公開されたインターネット上にないため、届きません。
url-port = このアドレスのポートは使えません。ポートのないアドレスにしてください。
url-too-long = アドレスが長すぎます。{ $max } 文字以内にしてください。
number-range = { $min } から { $max } までの数を選んでください。
time-form = 時間を読み取れませんでした。`1:30` のように、または秒数で入力してください。
guild-id-bad = サーバーの ID ではありません。ID は長い数字です。`/管理 一覧` で確認できます。
message-nothing = このメッセージにはアドレスも音声ファイルもありません。

## When something is wrong on our side

store-unavailable = 今は記憶にアクセスできません。少し待ってからもう一度お試しください。続くときはこの ID をサポートに伝えてください: `{ $support }`
busy = ほかの人の操作と重なったため、実行できませんでした。もう一度お試しください。
internal = こちらで問題が起きました。もう一度お試しください。続くときはこの ID をサポートに伝えてください: `{ $support }`
reply-deadline = 時間がかかりすぎたため、待つのをやめました。もう一度お試しください。続くときはこの ID をサポートに伝えてください: `{ $support }`
unknown-command = このコマンドはもうありません。Ctrl+R で Discord を再読み込みして、もう一度お試しください。
component-expired = このボタンは古いか、別のサーバーのものです。もう一度コマンドを使ってください。

## Choices while typing (no markdown there)

choice-refused = ここではまだ候補を出せません。/ヘルプ をご覧ください
choice-slow-down = 少し待ってから続けてください
choice-unavailable = 今は候補がありません。そのまま入力してください

## The queue

queued-now = **{ $title }** がキューの先頭です。
queued-at = **{ $title }** を { $position } 番目に追加しました。
queued-next = **{ $title }** を次に再生します。
queued-many = { $count } 曲をキューに追加しました。
queue-full = キューがいっぱいです。上限は { $limit } 曲です。再生を待つか、`/削除` で空けてください。
user-limit = すでに { $limit } 曲をキューに入れています。ここでの上限です。一曲再生されるまでお待ちください。
track-too-long = この曲はここでの上限 { $length } より長いです。
artist-blocked = このアーティストの曲はこのサーバーでは再生されません。
explicit-refused = 露骨な表現を含む曲はこのサーバーでは再生されません。
queue-empty = キューは空です。`/再生` で追加してください。
nothing-playing = 何も再生していません。`/再生` で始めてください。
no-such-position = その番号はありません。キューは { $len } 曲です。
entry-gone = この曲はもうキューにありません。
not-your-track = この曲はほかの人のリクエストです。ここの音楽を管理する人が変更できます。
moved-on = すでに別の曲を再生しているため、何も変更していません。
removed = **{ $title }** をキューから取り除きました。
moved = **{ $title }** を { $position } 番目に移しました。
shuffled = { $count } 曲を混ぜました。
cleared = { $count } 曲を取り除きました。キューは空です。
clear-ask = 本当にキューの { $count } 曲を取り除きますか？元に戻せません。
jumped = **{ $title }** に進みます。

## Playing

loop-off = 繰り返しはありません。
loop-track = 今の曲を繰り返します。
loop-queue = キュー全体を繰り返します。
skipped = スキップしました。次は **{ $title }** です。
skipped-last = スキップしました。最後の曲でした。`/再生` で追加できます。
went-back = **{ $title }** に戻りました。
previous-none = これより前の曲はありません。
replayed = **{ $title }** を最初から再生します。
paused = 一時停止しました。`/再開` で続けられます。
already-paused = すでに一時停止中です。`/再開` で続けられます。
resumed = 再開しました。
already-playing = 一時停止していません。
stopped = 停止して、キューを空にしました。
left = ボイスチャンネルから退出します。キューは残ります。`/再開` か `/参加` で戻ります。
not-there = ボイスチャンネルにいません。`/参加` で呼べます。
voice-off = この導入では音声が有効になっていません。キューは用意しておきます。`/スキップ` などのコマンドで変更できます。
volume-set = 音量は { $percent } % です。
seeked = { $at } に移りました。
seek-past = この曲の長さは { $length } です。
pong = ポン！起きています。応答に { $ms } ミリ秒かかりました。
history-empty = まだ何も再生していません。`/再生` で始めてください。

## Playlists

playlist-saved = { $count } 曲を **{ $name }** として保存しました。`/プレイリスト 読込` で再生できます。
playlist-loaded = **{ $name }** から { $count } 曲を追加しました。
playlist-loaded-some = **{ $name }** から { $count } 曲を追加しました。このサーバーの上限のため { $skipped } 曲は除きました。
playlist-deleted = プレイリスト **{ $name }** を削除しました。
playlist-delete-ask = 本当にプレイリスト **{ $name }** を削除しますか？元に戻せません。
playlists-empty = プレイリストはまだありません。`/プレイリスト 保存` でキューを保存できます。
playlist-not-found = **{ $name }** というプレイリストはありません。`/プレイリスト 一覧` で確認できます。
playlist-exists = **{ $name }** というプレイリストはすでにあります。別の名前にするか、先に `/プレイリスト 削除` で削除してください。
playlist-too-many = このサーバーのプレイリストは上限の { $max } 個です。先に `/プレイリスト 削除` で削除してください。
playlist-not-yours = **{ $name }** を保存した人かモデレーターだけができます。
playlist-too-long = プレイリストは { $max } 曲までです。
playlist-nothing-to-save = キューが空なので、保存するものがありません。`/再生` で追加してください。

## Settings

dj-set = { $role } が音楽を操作できるようになりました。
dj-cleared = 全員が音楽を操作できるようになりました。
moderator-added = { $role } が音楽を管理します。
moderator-removed = { $role } は音楽の管理から外れました。
moderator-too-many = 音楽を管理できるロールは { $max } 個までです。先に一つ外してください。
limits-set = 上限は、キュー { $tracks } 曲、一人 { $each } 曲、一曲 { $length } になりました。
explicit-allowed = 露骨な表現を含む曲を許可しました。
explicit-off = 露骨な表現を含む曲を拒否します。
artist-block-added = **{ $artist }** はここでは再生されません。
artist-block-removed = **{ $artist }** をまた再生できます。
artist-not-blocked = **{ $artist }** は制限されていません。`/設定 表示` で確認できます。
artists-too-many = 制限できるアーティストは { $max } 組までです。先に一組解除してください。
default-volume-set = 新しいキューの音量は { $percent } % から始まります。
announce-on = 曲ごとにチャンネルでお知らせします。
announce-off = 曲のお知らせをやめました。
locale-set = これからはここで全員に日本語で話します。
locale-auto = それぞれの言語で話します。
vote-skip-set = 聞いている人の { $percent } % が投票すると曲を飛ばします。
twitch-connected = あなたの Twitch チャンネルの視聴者がここに曲をリクエストできるようになりました。引き換えやチャットでのリクエストはあなたのものとして数え、視聴者ごとに 10 分間で 1 人分の上限があります。
twitch-pending = Twitch チャンネルを接続しました。Twitch がアドレスを確認しています。1、2 分で視聴者がリクエストできるようになります。
twitch-not-linked = それには Twitch のアカウントが必要です。`/連携` で連携してから、もう一度お試しください。
twitch-missing-scopes = Twitch との連携が古いため、引き換えとチャットを読み取れません。`/連携` で連携し直してから、もう一度お試しください。
twitch-taken = この Twitch チャンネルは別のメンバーが接続しています。先にそのメンバーがオフにする必要があります。
twitch-later = 今は Twitch につながりません。今夜もう一度試します。数分後にもう一度お試しいただくこともできます。
twitch-off = Twitch からのリクエストは受け付けません。
twitch-reward-set = 報酬 **{ $reward }** が曲のリクエストになりました。
twitch-reward-none = 曲のリクエストになる報酬はなくなりました。
twitch-command-set = チャットの **!{ $command }** が曲のリクエストになりました。
twitch-command-bad = コマンドは a から z の文字、数字、アンダースコアで 1 から { $max } 文字です。
settings-unchanged = すでにその設定です。何も変更していません。
settings-reset-done = すべての設定を初期値に戻しました。
settings-reset-ask = 本当にすべての設定を初期値に戻しますか？

## Linked accounts

link-offer = 下のボタンから { $provider } にログインして、アカウントを連携します。このアドレスはあなた専用で、一度だけ使え、{ $until } に無効になります。
link-button = { $provider } を連携
linking-off = このインストールではアカウント連携は設定されていません。
accounts-none = 連携しているアカウントはありません。`/連携` で連携できます。
account-linked = **{ $provider }**: { $since } に連携
account-pending = **{ $provider }**: 連携の途中です
account-lapsed = **{ $provider }**: 連携が無効になりました。トークンは削除済みです。`/連携` で連携し直せます。
unlinked = { $provider } のアカウントの連携を解除しました。{ $provider } に通知し、トークンを削除しました。
unlinked-quietly = { $provider } のアカウントの連携を解除し、トークンを削除しました。{ $provider } にはアプリから通知する方法がないため、{ $provider } の設定にあるアプリの一覧からも削除できます。
not-linked = { $provider } のアカウントは連携していません。
unlink-later = 今は { $provider } に通知できないため、何も変更していません。数分後にもう一度お試しください。
imported = { $provider } から { $count } 曲を **{ $name }** として保存しました。`/プレイリスト 読込` で再生できます。
imported-some = { $provider } の最初の { $count } 曲を **{ $name }** として保存しました。プレイリストにはこれ以上入りません。`/プレイリスト 読込` で再生できます。
import-address = Spotify か YouTube のプレイリストのアドレスではありません。「共有」からコピーしてください。
import-not-linked = それには { $provider } のアカウントが必要です。`/連携` で連携してから、もう一度お試しください。
import-not-found = { $provider } であなたのアカウントからそのプレイリストは見えません。アドレスと公開範囲を確認してください。
import-empty = このプレイリストには再生できる曲がありません。
import-later = 今は { $provider } につながらないため、何も保存していません。数分後にもう一度お試しください。

## The page on which an account is linked: plain text, no markdown

page-link-title = { $provider } を連携
page-link-who = 連携先の Discord ユーザー
page-link-reads-playlists = プレイリストの名前と、入っている曲を読み取れるようになります。
page-link-reads-channel = チャンネルポイントやチャットでのリクエストを読み取れるようになります。
page-link-knows-you = どのアカウントがあなたのものかだけを知ります。
page-link-keeps = そのために { $provider } から受け取るものは暗号化して保管します。パスワードを見ることはなく、名前やメールアドレスも保存しません。/連携解除 でいつでも取り消せます。
page-link-go = { $provider } へ進む
page-link-not-you = あなたではありませんか？誰かが自分用のアドレスを送ってきたのかもしれません。このページを閉じてください。
page-done-title = { $provider } を連携しました
page-done = このページを閉じて Discord に戻ってください。/連携一覧 で連携中のアカウントを確認できます。
page-failed-title = 連携されませんでした
page-unknown = このアドレスは使用済みか、10 分以上たっているか、存在しません。Discord で /連携 を使って新しいアドレスを受け取ってください。
page-other-browser = 別のブラウザーで始められたか、このブラウザーが Cookie を受け付けていません。ログインしたいブラウザーで Discord のアドレスを開いてください。
page-mix-up = 問い合わせ先とは別のサービスから応答がありました。だまそうとしている人がいるかもしれません。連携したい場合は、Discord で /連携 を使って新しいアドレスを受け取ってください。
page-denied = { $provider } で拒否されました。間違いだった場合は、Discord で /連携 を使って新しいアドレスを受け取ってください。
page-too-little = { $provider } で必要な許可がすべては得られなかったため、何も保存していません。Discord で /連携 を使って新しいアドレスを受け取り、すべての項目を許可してください。
page-taken = この { $provider } アカウントは別の Discord ユーザーと連携しています。先にそちらで /連携解除 を行ってください。
page-service-failed = { $provider } からエラーが返ったため、何も保存していません。数分後に /連携 の新しいアドレスでもう一度お試しください。
page-unavailable = 現在、こちらかサービス側で問題が起きています。数分後に /連携 の新しいアドレスでもう一度お試しください。
page-not-set-up = このインストールでは { $provider } は設定されていません。運営者が先にアプリケーションを登録する必要があります。
page-sign-in-title = サインイン
page-sign-in-what = あなたの名前で API またはコマンドラインを使うためです。あなたが誰か、二要素認証を使っているかだけを知り、ほかには何も保存しません。
page-sign-in-go = Discord でサインイン
page-sign-in-not-you = 心当たりがありませんか。誰かが自分のアドレスを送ってきたのです。このページを閉じてください。
page-sign-in-failed-title = サインインできませんでした
page-sign-in-again = 元の場所からやり直し、十分以内に一つのブラウザで終えてください。
page-signed-in-title = あなたのコード
page-signed-in-code = 始めた場所に一分以内に貼り付けてください。使えるのは一度だけです。
page-signed-in-secret = 誰にも渡さないでください。これを求める人は私たちではありません。
page-slow-down = お使いのネットワークからのアクセスが多すぎます。1 分ほど待ってから再読み込みしてください。

## Somebody's own data

privacy-what = あなたのことは Discord の ID だけで区別し、動作に必要なものだけを保存します。本名、メールアドレス、メッセージ、声、場所は決して保存しません。保存するもの、その理由と期間は次のとおりです。
privacy-for-playing = **再生**: あなたが頼んだ曲、投票、聴いているかどうか。キューを動かし、誰が頼んだかを示すため
privacy-for-playlists = **プレイリスト**: あなたが保存したもの。あなたが変更できるようにするため
privacy-for-settings = **設定**: サーバーのために決められたこと
privacy-for-access = **アクセス**: サーバーのために申請した人、決定した人とその理由
privacy-for-accounts = **連携アカウント**: あなたが連携したものと、暗号化したその鍵。あなたの頼みをそこで行うため
privacy-for-api = **API**: Discord の名前を含むあなたのサインイン、役割、鍵。あなただけが入れるようにするため
privacy-for-replies = **返信**: あなたへの返事がまだ済んでいないこと
privacy-for-limits = **制限**: コマンドを使った回数。使いすぎを防ぐため
privacy-for-security = **安全**: すでに受け取ったあなたのリクエストと、仮名のログ。再送や悪用を防ぐため
privacy-for-audit = **管理**: 誰が何を変えたか。仮名で記録し、不正を見つけるため
privacy-for-operations = **運用**: 失敗したことと、私を止めた運営者。動き続けるため
privacy-for-privacy = **あなたの手続き**: データについて頼まれたことと、消去したこと
privacy-days = { $count } 日
privacy-hours = { $count } 時間
privacy-minutes = { $count } 分
privacy-kept = 最長 { $time }
privacy-kept-used = 最後に使ってから最長 { $time }
privacy-kept-unlinked = 連携を解除するまで
privacy-kept-removed = 削除されるまで
privacy-kept-erased = あなたがデータを消去するまで
privacy-kept-operator = 運営者が削除するまで
privacy-rights = `/プライバシー 書き出し` でコピーを受け取り、`/プライバシー 消去` ですべてを消去し、`/プライバシー 状況` で進み具合を確認できます。消去したものはバックアップに { $backups } 日間残ります。あなたのデータにはこのボットの運営者が責任を負います。ほかのことは運営者にお尋ねください。

privacy-export-asked = コピーを準備しています。数分後に `/プライバシー 状況` を使うと、あなただけに見えるリンクをお渡しします。手続きの番号は `{ $request }` です。
privacy-erase-ask =
    あなたについて保存しているものを本当にすべて消去しますか？元に戻せません。
    • **連携アカウント**は各サービスで解除し、鍵を消去します。
    • **キューと履歴**は曲を残し、あなたの名前を消します。
    • あなたが保存した**プレイリスト**を削除します。
    • あなたが作った **API の鍵**は使えなくなり、役割とサインインも終わります。

    しばらく残るもの: 仮名の管理記録 ({ $audit } 日)、バックアップ ({ $backups } 日)、何も戻らないようにするための消去の記録 ({ $note } 日)。そのあとも使えますが、最初からになります。この質問の期限は { $until } です。
privacy-erase-asked = データを消去しています。数分、サービスの応答がないときは最長 1 日かかります。`/プライバシー 状況` で進み具合を確認でき、最後に署名付きの証明をお渡しします。手続きの番号は `{ $request }` です。
privacy-erase-kept = 何も消去していません。
privacy-request-form = 手続きの番号は、お伝えしたとおり 32 文字の数字と英字です。番号なしの `/プライバシー 状況` は最後の手続きを表示します。
privacy-no-request = あなたのそのような手続きは見つかりません。新しいものは少し時間がかかります。手続きは 40 日で忘れられます。
privacy-gathering = コピーはまだ準備中です。数分後にもう一度お試しください。
privacy-ready = コピーの準備ができました。リンクの期限は { $until } で、知っている人なら誰でも使えます。`/プライバシー 状況` で何度でも新しく作れます。コピーは { $gone } に削除されます。
privacy-download = ダウンロード
privacy-export-gone = そのコピーはもう削除されました。`/プライバシー 書き出し` で新しく作れます。
privacy-export-taken = コピーは 1 日に 1 回です。今日のものは `{ $request }` で、この番号を付けた `/プライバシー 状況` でリンクをお渡しします。
privacy-export-failed = コピーを準備できませんでした。こちらの不具合です。`/プライバシー 書き出し` は今すぐもう一度お使いいただけます。それでもだめならこのボットの運営者にお知らせください。
privacy-erasing-begun = データを消去しています。これより前に始まったことがデータを戻すことは、もうありません。
privacy-erasing-services = データを消去しています。連携アカウントのサービスに知らせています。応答がなければ 1 日試し、そのあとは先に進みます。
privacy-erasing-stores = データを保存場所ごとに消去しています。
privacy-erasing-settles = データを消去しました。途中だったものがないか、{ $until } にもう一度すべて確認します。
privacy-erasing-receipt = データを消去しました。証明に署名しています。
privacy-erased = データの消去が完了しました ({ $at })。これがその証明です。あなたのことは何も書かれていません。保管してください。このファイルの署名は `timmy receipt verify` で、またはこのボットが公開する鍵で、誰でも確認できます。

## Access and operation

request-made = 申請しました。状況はもう一度 `/管理 申請` で確認できます。
request-already-pending = このサーバーは申請済みで、返事を待っています。
request-too-soon = このサーバーは最近却下されました。{ $until }にまた申請できます。
request-already-approved = このサーバーはもう利用できます。`/再生` をお試しください！
admin-approved = サーバー `{ $guild }` が利用できるようになりました。
admin-approved-premium = サーバー `{ $guild }` がプレミアムの上限で利用できるようになりました。
admin-approved-standard = サーバー `{ $guild }` が通常の上限で利用できるようになりました。
admin-denied = サーバー `{ $guild }` の申請を却下しました。
admin-revoked = サーバー `{ $guild }` の利用を取り消しました。
admin-cap = { $cap } 枠はすべて埋まっています。先に `/管理 取消` で空けてください。
admin-not-found = サーバー `{ $guild }` は申請していません。
admin-wrong-state = サーバー `{ $guild }` の今の状態ではできません。`/管理 一覧` で確認できます。
admin-list-empty = この一覧にサーバーはありません。
lockdown-on = すべての場所で停止しました。運営者二人の `/管理 緊急停止 解除` で終わります。
lockdown-level = レベル{ $level }で停止しました。運営者二人の `/管理 緊急停止 解除` で終わります。
lockdown-already = すでに停止中です。
lockdown-resume-asked = 受け付けました。もう一人の運営者が `/管理 緊急停止 解除` を使う必要があります。期限は{ $until }です。
lockdown-resumed = すべての場所で再開しました。
lockdown-same-person = 二人目が必要です。ほかの運営者に頼んでください。
lockdown-not-on = 停止していません。
audit-empty = その期間に管理操作はありません。
incident-taken = 記録しました。あなたの担当です。
incident-closed = クローズしました。
incident-silenced = 通知を止めました。{ $until }にまた知らせます。
incident-contained = このインシデントのため、すべての場所で停止しています。運営者二人の `/管理 緊急停止 解除` で終わります。
incident-over = このインシデントはすでに終わっています。
incident-gone = そのインシデントはもうわかりません。
incidents-empty = 何も起きていません。
incident-open = 対応待ち
incident-acknowledged = 対応中
incident-resolved = 終了
incident-quiet = 通知なし、再開は{ $until }
incident-review = 振り返りの期限は{ $by }
alert-under-attack = 攻撃を受けています
alert-unauthorized-access = 許可のない誰かが試し続けています
alert-auth-failures = 身元を証明できなかった試みが多数あります
alert-suspicious-activity = 不審な動きのスコアが高くなっています
alert-guild-banned = サーバーが 1 時間利用停止になりました
alert-finding = AWS が何かを検出しました
alert-secret-touched = 誰かがシークレットに手で触れました
alert-break-glass = 誰かが緊急用ロールを引き受けました
alert-verification-failures = 署名を検証できません
alert-webhook-unconfigured = Webhook のシークレットがありません
alert-rotation-failures = トークンまたは鍵を更新できませんでした
alert-signing-key-age = 作成から 1 年を超えた鍵があります
alert-third-party-key-age = 人の手でしか更新できない鍵が古くなっています
alert-dead-letters = デッドレターキューに処理が残っています
alert-function-errors = 関数が失敗しています
alert-function-throttles = 関数がスロットリングされています
alert-store-failures = テーブルが応答しません
alert-voice-late = 音楽が途切れています
alert-voice-failures = 音声ワーカーに接続できません
alert-lease-age = ワーカーがリースを更新できません
alert-worker-stopped = 音声ワーカーが予定外に終了しました
alert-replies-refused = Discord が応答を拒否しています
alert-checkpoints = 監査記録の末尾に署名されていません
alert-budget = 合意より費用がかかっています
alert-fan-out = アラームが全員に届いていません
alert-unknown = 名前のないアラームです
alert-malformed = アラームではないものがアラームとして届きました

## Titles and labels of cards

card-queued = キューに追加しました
card-playing = 現在の曲
card-paused = 一時停止中
card-idle = 何も再生していません
card-queue = キュー · { $count } 曲
card-history = 再生履歴
card-playlists = プレイリスト
card-settings = 設定
card-help = できること
card-guilds = サーバー
card-audit = 管理操作
card-incidents = インシデント
card-page = { $pages } ページ中 { $page } ページ
card-next-up = 次: { $title }
card-next-none = 次の曲はありません
card-passed-over = 飛ばした曲: { $title }
card-requested-by = リクエスト: { $user }
card-requested-by-somebody = リクエスト: 誰か
card-somebody = 誰か
card-place = { $position } 番目
card-place-now = 先頭の曲
card-place-next = 次に再生
card-open-end = 終わりなし
card-volume = 音量 { $percent } %
card-track-count = { $count } 曲
card-support = サポート ID: `{ $support }`

label-dj-role = DJ ロール
label-moderators = モデレーター
label-limit-tracks = キューの曲数
label-limit-user = 一人あたりの曲数
label-limit-length = 曲の長さの上限
label-explicit = 露骨な表現を含む曲
label-blocked = 制限中のアーティスト
label-volume = 最初の音量
label-announce = お知らせ
label-language = 言語
label-vote-skip = スキップに必要な票
label-twitch = Twitch のリクエスト
value-none = なし
value-on = オン
value-off = オフ
value-allowed = 許可
value-refused = 拒否
value-auto = それぞれの言語
value-percent = { $percent } %
status-approved = 承認済み
status-pending = 申請中
status-denied = 却下
status-revoked = 取消済み

button-pause = 一時停止
button-resume = 再開
button-skip = スキップ
button-previous = 前の曲
button-shuffle = シャッフル
button-loop-off = ループ: なし
button-loop-track = ループ: 曲
button-loop-queue = ループ: キュー
button-louder = 音量を上げる
button-quieter = 音量を下げる
button-queue = キュー
button-page-back = 戻る
button-page-on = 次へ
button-clear = すべて取り除く
button-delete = 削除
button-reset = リセット
button-cancel = やめる
button-approve = 承認
button-deny = 却下
modal-deny-title = 申請を却下
modal-deny-reason = 理由は？サーバーに伝わります。

help-intro = ボイスチャンネルで音楽を流します。`/再生` で始めてください。

## Missing permissions

permissions-missing = このチャンネルで必要な権限がありません。ロールを管理する人に、次の権限を頼んでください:
permission-view = **チャンネルを見る**: 呼ばれた場所を見るため
permission-connect = **接続**: ボイスチャンネルに入るため
permission-speak = **発言**: 音を届けるため
permission-send = **メッセージを送信**: プレイヤーを表示し、曲を知らせるため
permission-send-threads = **スレッドでメッセージを送信**: スレッドでも同じことをするため

## Voice

voice-joined = ボイスチャンネルに入りました。
voice-no-channel = あなたのボイスチャンネルが見つかりません。どこかに参加してから、もう一度お試しください。キューはそのまま残ります。
voice-shut-out = このボイスチャンネルに入れません。「チャンネルを見る」「接続」「発言」の権限が必要です。付与してからもう一度お試しください。キューはそのまま残ります。
voice-thrown-out = ボイスチャンネルから外されました。いつでも呼び戻せます。キューはそのまま残ります。
voice-unencrypted = このボイスチャンネルはエンドツーエンド暗号化に対応していません。ほかの人に聞かれないところでのみ再生します。別のチャンネルでお試しください。キューはそのまま残ります。
votes-count = スキップの投票:{ $needed } 票中 { $votes } 票
votes-passed = 投票によりスキップしました。
source-failed = 再生できませんでした:{ $code ->
    [source-not-found] 見つかりませんでした
    [source-forbidden] サーバーに拒否されました
    [source-too-large] 大きすぎます
    [source-too-long] このサーバーで許可された長さを超えています
    [source-not-audio] 音声が含まれていません
    [source-unsupported] 対応していない形式です
    [source-address] 許可されていないアドレスです
    [source-redirect] 転送が繰り返されています
    [source-too-slow] サーバーが遅すぎます
    [source-cut-short] 途中で切れました
    [source-unreachable] サーバーに接続できません
    [source-search-off] ここでは検索が無効です。リンクを指定してください
    [source-sites-off] ここではこのサイトが無効です。直接のリンクを指定してください
    [source-site-failed] サイトを読み取れませんでした
   *[other] こちら側で問題が発生しました
}。
