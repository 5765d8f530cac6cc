//! The voice servers' sockets.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_websockets::{CloseCode, Message as WsMessage, ServerBuilder, WebSocketStream};

use super::Close;
use super::frame::Frame;
use super::hub::{Key, Opened};
use super::message::{Message, Version, Wire};
use super::session::Out;
use crate::core::Core;
use crate::ids::ChannelId;

/// How much may wait for a client that does not read.
const BACKLOG: usize = 1024;

/// How long a client may take to read the last frame.
const GOODBYE: Duration = Duration::from_secs(1);

/// Accepts until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, core: Arc<Core>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, core) = (acceptor.clone(), Arc::clone(&core));
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let Ok(stream) = acceptor.accept(stream).await else { return };
            if let Ok((request, socket)) = ServerBuilder::new().accept(stream).await {
                let version = Version::of_query(request.uri().query());
                Connection::new(core, socket, version).run().await;
            }
        });
    }
}

/// One socket.
struct Connection {
    core: Arc<Core>,
    socket: WebSocketStream<TlsStream<TcpStream>>,
    version: Version,
    line: mpsc::Sender<Out>,
    out: mpsc::Receiver<Out>,
    key: Option<Key>,
}

/// What ends a connection.
enum End {
    /// We hang up.
    Ours(u16),
    /// They did, or the line broke. 1000 and 1001 say that they will not come back.
    Theirs(Option<u16>),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Ours(close.code())
    }
}

impl Connection {
    fn new(core: Arc<Core>, socket: WebSocketStream<TlsStream<TcpStream>>, version: Version) -> Self {
        let (line, out) = mpsc::channel(BACKLOG);
        Self { core, socket, version, line, out, key: None }
    }

    async fn run(mut self) {
        let end = self.talk().await;
        if let End::Ours(code) = end
            && let Ok(code) = CloseCode::try_from(code)
        {
            let _ = self.socket.send(WsMessage::close(Some(code), "")).await;
        }
        // Whoever closes is answered; whoever does not read that is not waited for.
        let _ = tokio::time::timeout(GOODBYE, self.socket.close()).await;
        drop(self.socket);
        let Some(key) = self.key else { return };
        if !self.core.voice.disconnected(key, &self.line) {
            return;
        }
        self.core.touch();
        if !matches!(end, End::Theirs(Some(1000 | 1001))) {
            tokio::time::sleep(self.core.config.voice.resume_window).await;
        }
        self.core.voice.expire(key);
        self.core.touch();
    }

    async fn talk(&mut self) -> End {
        let heartbeat = self.core.config.voice.heartbeat;
        if let Err(end) = self.hello(heartbeat).await {
            return end;
        }
        let patience = heartbeat + heartbeat / 2;
        let mut silent_at = Instant::now() + patience;
        loop {
            tokio::select! {
                out = self.out.recv() => {
                    if let Err(end) = self.put(out).await {
                        return end;
                    }
                }
                message = self.socket.next() => {
                    let Some(Ok(message)) = message else { return End::Theirs(None) };
                    if let Some((code, _)) = message.as_close() {
                        return End::Theirs(Some(code.into()));
                    }
                    silent_at = Instant::now() + patience;
                    if let Err(end) = self.hear(&message) {
                        return end;
                    }
                }
                () = sleep_until(silent_at) => return Close::SessionTimeout.into(),
            }
        }
    }

    async fn hello(&mut self, heartbeat: Duration) -> Result<(), End> {
        let version = if self.version == Version::Eight { 8 } else { 4 };
        let interval = heartbeat.as_secs_f64() * 1000.0;
        self.send(&Message::Control(8, json!({ "v": version, "heartbeat_interval": interval }))).await
    }

    fn hear(&mut self, message: &WsMessage) -> Result<(), End> {
        let frame = match message.as_text() {
            Some(text) => Frame::parse(text)?,
            None if message.is_binary() => Frame::parse_binary(message.as_payload())?,
            None => return Ok(()),
        };
        let result = match self.key {
            None => self.before_identify(frame),
            Some(key) => self.after_identify(key, frame),
        };
        self.core.touch();
        result
    }

    fn before_identify(&mut self, frame: Frame) -> Result<(), End> {
        match frame {
            Frame::Identify(identify) => {
                let Opened { key, ssrc } =
                    self.core.voice.identify(&identify, self.version, self.line.clone())?;
                self.key = Some(key);
                self.core.voice.answer(key, &self.ready(ssrc));
                Ok(())
            }
            Frame::Resume(resume) => {
                self.key = Some(self.core.voice.resume(&resume, self.version, self.line.clone())?);
                Ok(())
            }
            Frame::Heartbeat { nonce, .. } => self.acknowledge(nonce),
            _ => Err(Close::NotAuthenticated.into()),
        }
    }

    fn after_identify(&self, key: Key, frame: Frame) -> Result<(), End> {
        let voice = &self.core.voice;
        let round = match frame {
            Frame::Identify(_) | Frame::Resume(_) => return Err(Close::AlreadyAuthenticated.into()),
            Frame::Heartbeat { nonce, .. } => return self.acknowledge(nonce),
            Frame::Speaking(flags) => {
                voice.speaks(key, flags);
                None
            }
            Frame::SelectProtocol(mode) => voice.select(key, mode)?,
            Frame::KeyPackage(bytes) => {
                voice.group(key, |room, bot, out| room.key_package(bot, bytes, out))?
            }
            Frame::CommitWelcome(bytes) => {
                voice.group(key, |room, bot, out| room.commit(bot, &bytes, out))?
            }
            Frame::TransitionReady(id) => voice.group(key, |room, bot, out| {
                room.ready(bot, id, out);
                Ok(())
            })?,
            Frame::InvalidCommitWelcome | Frame::Ignored => None,
        };
        if let (Some(round), Some(channel)) = (round, voice.channel(key)) {
            watch_round(Arc::clone(&self.core), channel, round);
        }
        Ok(())
    }

    /// Goes out by the same way as everything else, so that the order holds.
    fn acknowledge(&self, nonce: Value) -> Result<(), End> {
        let d = if self.version == Version::Eight { json!({ "t": nonce }) } else { nonce };
        let wire = Message::Control(6, d).encode(self.version, 0);
        self.line.try_send(Out::Wire(wire)).map_err(|_| End::Theirs(None))
    }

    /// Op 2.
    fn ready(&self, ssrc: u32) -> Message {
        let udp = self.core.addresses.udp;
        Message::Control(
            2,
            json!({
                "ssrc": ssrc,
                "ip": udp.ip(),
                "port": udp.port(),
                "modes": self.core.config.voice.modes,
                "experiments": [],
                "streams": [],
            }),
        )
    }

    async fn put(&mut self, out: Option<Out>) -> Result<(), End> {
        match out {
            Some(Out::Wire(wire)) => self.write(wire).await,
            Some(Out::Close(code)) => Err(End::Ours(code)),
            None => Err(End::Theirs(None)),
        }
    }

    async fn send(&mut self, message: &Message) -> Result<(), End> {
        let wire = message.encode(self.version, 0);
        self.write(wire).await
    }

    async fn write(&mut self, wire: Wire) -> Result<(), End> {
        let message = match wire {
            Wire::Text(text) => WsMessage::text(text),
            Wire::Binary(bytes) => WsMessage::binary(bytes),
        };
        self.socket.send(message).await.map_err(|_| End::Theirs(None))
    }
}

/// Asks somebody else when nobody has committed in time.
pub(crate) fn watch_round(core: Arc<Core>, channel: ChannelId, round: u64) {
    let runtime = core.runtime.clone();
    runtime.spawn(async move {
        let mut round = round;
        loop {
            tokio::time::sleep(core.config.voice.commit_timeout).await;
            match core.voice.round_timed_out(channel, round) {
                Ok(Some(next)) if next != round => round = next,
                _ => return,
            }
            core.touch();
        }
    });
}
