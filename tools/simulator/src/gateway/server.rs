//! The gateway's sockets.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_websockets::{CloseCode, Message, ServerBuilder, WebSocketStream};

use super::frame::{Frame, Identify, Resume};
use super::{Close, Out};
use crate::core::Core;
use crate::ids::ApplicationId;
use crate::machine;

/// How much may wait for a client that does not read.
const BACKLOG: usize = 4096;

/// How long a client may take to read the last frame.
const GOODBYE: Duration = Duration::from_secs(1);

/// Accepts until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, core: Arc<Core>) {
    while let Ok((stream, _)) = listener.accept().await {
        let core = Arc::clone(&core);
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            if let Ok((_request, socket)) = ServerBuilder::new().accept(stream).await {
                Connection::new(core, socket).run().await;
            }
        });
    }
}

/// One socket.
struct Connection {
    core: Arc<Core>,
    socket: WebSocketStream<TcpStream>,
    line: mpsc::Sender<Out>,
    out: mpsc::Receiver<Out>,
    bot: Option<LoggedIn>,
}

/// Who talks on it.
#[derive(Clone)]
struct LoggedIn {
    application: ApplicationId,
    session: String,
}

/// What ends a connection.
enum End {
    /// We hang up.
    Ours(u16),
    /// They closed it, and how: 1000 and 1001 end the session for good.
    Theirs(Option<u16>),
}

impl Connection {
    fn new(core: Arc<Core>, socket: WebSocketStream<TcpStream>) -> Self {
        let (line, out) = mpsc::channel(BACKLOG);
        Self { core, socket, line, out, bot: None }
    }

    async fn run(mut self) {
        let end = self.talk().await;
        if let End::Ours(code) = end
            && let Ok(code) = CloseCode::try_from(code)
        {
            let _ = self.socket.send(Message::close(Some(code), "")).await;
        }
        // Whoever closes is answered; whoever does not read that is not waited for.
        let _ = tokio::time::timeout(GOODBYE, self.socket.close()).await;
        drop(self.socket);
        let Some(bot) = self.bot else { return };
        let waits = self.core.hub().disconnected(&bot.session, &self.line);
        if !waits {
            return;
        }
        if !matches!(end, End::Theirs(Some(1000 | 1001))) {
            tokio::time::sleep(self.core.config.gateway.resume_window).await;
        }
        self.core.gateway_session_over(&bot.session);
    }

    async fn talk(&mut self) -> End {
        let heartbeat = self.core.config.gateway.heartbeat;
        let hello =
            json!({ "op": 10, "d": { "heartbeat_interval": millis(heartbeat) }, "s": null, "t": null });
        if self.send(hello.to_string()).await.is_err() {
            return End::Theirs(None);
        }
        // Half an interval of grace.
        let patience = heartbeat + heartbeat / 2;
        let mut silent_at = Instant::now() + patience;
        loop {
            tokio::select! {
                out = self.out.recv() => match out {
                    Some(Out::Text(text)) => if self.send(text).await.is_err() { return End::Theirs(None) },
                    Some(Out::Close(code)) => return End::Ours(code),
                    None => return End::Theirs(None),
                },
                message = self.socket.next() => {
                    let Some(Ok(message)) = message else { return End::Theirs(None) };
                    if let Some((code, _)) = message.as_close() {
                        return End::Theirs(Some(code.into()));
                    }
                    silent_at = Instant::now() + patience;
                    if let Err(end) = self.hear(&message).await {
                        return end;
                    }
                }
                () = sleep_until(silent_at) => return End::Ours(Close::SessionTimedOut.code()),
            }
        }
    }

    async fn hear(&mut self, message: &Message) -> Result<(), End> {
        let Some(text) = message.as_text() else { return Ok(()) };
        let frame = Frame::parse(text).map_err(ours)?;
        match (frame, self.bot.clone()) {
            (Frame::Heartbeat, _) => self.send(json!({ "op": 11 }).to_string()).await,
            (Frame::Ignored, Some(_)) => Ok(()),
            (Frame::Identify(identify), None) => self.identify(&identify),
            (Frame::Resume(resume), None) => self.resume(resume).await,
            (Frame::Identify(_) | Frame::Resume(_), Some(_)) => Err(ours(Close::AlreadyAuthenticated)),
            (Frame::Voice(request), Some(bot)) => {
                self.core.voice_requested(bot.application, &bot.session, &request);
                Ok(())
            }
            (Frame::Voice(_) | Frame::Ignored, None) => Err(ours(Close::NotAuthenticated)),
        }
    }

    fn identify(&mut self, identify: &Identify) -> Result<(), End> {
        let session = machine::nonce().map_err(|_| End::Ours(4000))?;
        // World before hub, as everywhere, so that no event slips in between READY and the guilds.
        let world = self.core.world();
        let mut hub = self.core.hub();
        let application = hub.identify(identify, &session, &self.line).map_err(ours)?;
        let url = self.core.addresses.gateway_url();
        hub.tell(&session, "READY", &world.ready_view(application, &session, &url));
        for guild in world.guilds() {
            hub.tell(&session, "GUILD_CREATE", &world.guild_view(guild));
        }
        drop((hub, world));
        self.bot = Some(LoggedIn { application, session });
        self.core.touch();
        Ok(())
    }

    async fn resume(&mut self, resume: Resume) -> Result<(), End> {
        let resumed = self.core.hub().resume(&resume, &self.line);
        let Some(application) = resumed else {
            return self.send(json!({ "op": 9, "d": false }).to_string()).await;
        };
        self.bot = Some(LoggedIn { application, session: resume.session_id });
        self.core.touch();
        Ok(())
    }

    async fn send(&mut self, text: String) -> Result<(), End> {
        self.socket.send(Message::text(text)).await.map_err(|_| End::Theirs(None))
    }
}

fn ours(close: Close) -> End {
    End::Ours(close.code())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
