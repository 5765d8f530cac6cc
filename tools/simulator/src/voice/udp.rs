//! The UDP side: a thread of its own, so that nothing else delays the moment at which a packet is said to have come.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{VoiceHub, discovery};
use crate::listener::Arrival;
use crate::machine;

/// How many packets may wait to be decoded; more are lost, as they would be in a kernel's buffer.
const BACKLOG: usize = 8192;

/// A bad network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UdpFault {
    /// How many of a hundred packets are lost.
    #[serde(default)]
    pub drop_percent: u8,
    /// How much later the rest come, in ms.
    #[serde(default)]
    pub delay_ms: u32,
    /// Whether address discovery is left unanswered.
    #[serde(default)]
    pub silent_discovery: bool,
}

/// The socket and its thread.
pub(crate) struct Udp {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stopping: AtomicBool,
    fault: Mutex<UdpFault>,
}

struct Received {
    bytes: Vec<u8>,
    arrival: Arrival,
    delay: Duration,
}

impl Udp {
    /// Binds and starts to receive; decoding happens on the runtime that calls.
    pub(crate) fn start(hub: Arc<VoiceHub>) -> std::io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr()?;
        let shared = Arc::new(Shared::default());
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let body = {
            let shared = Arc::clone(&shared);
            move || receive(&socket, &shared, &sender)
        };
        let thread = std::thread::Builder::new().name("simulator-udp".to_owned()).spawn(body)?;
        tokio::spawn(decode(receiver, hub));
        Ok(Self { address, shared, thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn set_fault(&self, fault: UdpFault) {
        *self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

impl Drop for Udp {
    /// An empty packet wakes the thread up.
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        let woken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|one| one.send_to(&[], self.address));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

fn receive(socket: &UdpSocket, shared: &Shared, out: &mpsc::Sender<Received>) {
    let mut buffer = [0; 2048];
    let mut dice = Dice(1);
    loop {
        let received = socket.recv_from(&mut buffer);
        let arrival = Arrival { at: Instant::now(), when: machine::now() };
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        // A client that is gone shows as an error of the next call; the socket itself goes on.
        let Ok((length, from)) = received else { continue };
        let fault = *shared.fault.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = &buffer[..length];
        if let Some(ssrc) = discovery::asked(bytes) {
            if !fault.silent_discovery {
                let _ = socket.send_to(&discovery::answer(ssrc, from), from);
            }
        } else if !dice.hits(fault.drop_percent) {
            let delay = Duration::from_millis(fault.delay_ms.into());
            let _ = out.try_send(Received { bytes: bytes.to_vec(), arrival, delay });
        }
    }
}

async fn decode(mut packets: mpsc::Receiver<Received>, hub: Arc<VoiceHub>) {
    while let Some(Received { bytes, arrival, delay }) = packets.recv().await {
        if delay.is_zero() {
            hub.packet(&bytes, arrival);
            continue;
        }
        let hub = Arc::clone(&hub);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            hub.packet(&bytes, Arrival { at: Instant::now(), when: machine::now() });
        });
    }
}

/// Which packets are lost: the same ones each time, so that a test that fails fails again (xorshift, Marsaglia 2003).
struct Dice(u32);

impl Dice {
    fn hits(&mut self, percent: u8) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % 100 < u32::from(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VoiceRules;

    fn discover(udp: &Udp, patience: Duration) -> std::io::Result<usize> {
        let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        client.set_read_timeout(Some(patience))?;
        let mut request = [0; 74];
        request[..8].copy_from_slice(&[0, 1, 0, 70, 0, 0, 0, 9]);
        client.send_to(&request, udp.address())?;
        client.recv(&mut request)
    }

    #[tokio::test]
    async fn discovery_is_answered_unless_it_is_to_stay_silent() {
        let udp = Udp::start(Arc::new(VoiceHub::new(VoiceRules::default()))).unwrap();
        assert_eq!(discover(&udp, Duration::from_secs(5)).unwrap(), 74);
        udp.set_fault(UdpFault { silent_discovery: true, ..UdpFault::default() });
        assert!(discover(&udp, Duration::from_millis(50)).is_err());
        udp.set_fault(UdpFault::default());
        assert_eq!(discover(&udp, Duration::from_secs(5)).unwrap(), 74);
    }

    #[test]
    fn about_as_many_are_lost_as_was_said() {
        for percent in [0, 10, 50, 100] {
            let mut dice = Dice(1);
            let lost = (0..10_000).filter(|_| dice.hits(percent)).count();
            assert!(lost.abs_diff(usize::from(percent) * 100) < 200, "{percent}: {lost}");
        }
    }
}
