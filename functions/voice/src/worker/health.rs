//! `GET /healthz`: what the container's health check and people ask.

use core::net::SocketAddr;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::watchdog::Heart;

/// What the endpoint says.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    figures: Arc<Figures>,
    heart: Heart,
}

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
        let health = Self { figures: Arc::default(), heart: Heart::start() };
        if let Some(at) = at {
            let listener = TcpListener::bind(at).await?;
            let shown = health.clone();
            let router = Router::new().route("/healthz", get(async move || shown.show()));
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        Ok(health)
    }

    /// The worker lives, whether it holds a shard or waits for one.
    pub(crate) fn beat(&self) {
        self.heart.beat();
    }

    /// How things are.
    pub(crate) fn note(&self, vitals: Vitals) {
        let Vitals { players, epoch, lease_age_ms, late_packets } = vitals;
        self.beat();
        self.figures.players.store(players.into(), Ordering::Relaxed);
        self.figures.epoch.store(epoch, Ordering::Relaxed);
        self.figures.lease_age_ms.store(lease_age_ms, Ordering::Relaxed);
        self.figures.late_packets.store(late_packets, Ordering::Relaxed);
    }

    fn show(&self) -> (StatusCode, Json<Value>) {
        let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        let epoch = Some(read(&self.figures.epoch)).filter(|epoch| *epoch > 0);
        let alive = self.heart.is_alive();
        let status = if alive { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let body = json!({
            "players": read(&self.figures.players),
            "lease_epoch": epoch,
            "lease_age_ms": epoch.map(|_| read(&self.figures.lease_age_ms)),
            "late_packets": read(&self.figures.late_packets),
        });
        (status, Json(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_lease_is_no_epoch() {
        let health = Health::start(None).await.unwrap();
        let nothing = json!({ "players": 0, "lease_epoch": null, "lease_age_ms": null, "late_packets": 0 });
        let (status, body) = health.show();
        assert_eq!((status, body.0), (StatusCode::OK, nothing));
        health.note(Vitals { players: 2, epoch: 7, lease_age_ms: 40, late_packets: 3 });
        let busy = json!({ "players": 2, "lease_epoch": 7, "lease_age_ms": 40, "late_packets": 3 });
        assert_eq!(health.show().1.0, busy);
    }
}
