//! `GET /healthz`: what the container's health check and people ask.

use core::net::SocketAddr;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the endpoint says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health(Arc<Figures>);

/// How a worker is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vitals {
    /// Guilds that it plays in.
    pub(crate) players: u32,
    /// Of its lease; 0 is none.
    pub(crate) epoch: u64,
    /// Since the lease was renewed.
    pub(crate) lease_age_ms: u64,
    /// Frames that were missing when they were due, since the start.
    pub(crate) late_packets: u64,
}

#[derive(Debug, Default)]
struct Figures {
    players: AtomicU64,
    epoch: AtomicU64,
    lease_age_ms: AtomicU64,
    late_packets: AtomicU64,
}

impl Health {
    /// Answers there; nowhere without an address.
    pub(crate) async fn start(at: Option<SocketAddr>) -> io::Result<Self> {
        let health = Self::default();
        if let Some(at) = at {
            let listener = TcpListener::bind(at).await?;
            let shown = health.clone();
            let router = Router::new().route("/healthz", get(async move || shown.show()));
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        Ok(health)
    }

    /// How things are.
    pub(crate) fn note(&self, vitals: Vitals) {
        let Vitals { players, epoch, lease_age_ms, late_packets } = vitals;
        self.0.players.store(players.into(), Ordering::Relaxed);
        self.0.epoch.store(epoch, Ordering::Relaxed);
        self.0.lease_age_ms.store(lease_age_ms, Ordering::Relaxed);
        self.0.late_packets.store(late_packets, Ordering::Relaxed);
    }

    fn show(&self) -> Json<Value> {
        let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        let epoch = Some(read(&self.0.epoch)).filter(|epoch| *epoch > 0);
        Json(json!({
            "players": read(&self.0.players),
            "lease_epoch": epoch,
            "lease_age_ms": epoch.map(|_| read(&self.0.lease_age_ms)),
            "late_packets": read(&self.0.late_packets),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lease_is_no_epoch() {
        let health = Health::default();
        let nothing = json!({ "players": 0, "lease_epoch": null, "lease_age_ms": null, "late_packets": 0 });
        assert_eq!(health.show().0, nothing);
        health.note(Vitals { players: 2, epoch: 7, lease_age_ms: 40, late_packets: 3 });
        let busy = json!({ "players": 2, "lease_epoch": 7, "lease_age_ms": 40, "late_packets": 3 });
        assert_eq!(health.show().0, busy);
    }
}
