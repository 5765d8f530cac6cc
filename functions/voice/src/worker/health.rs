//! `GET /healthz`: what the container's health check and people ask.

use core::net::SocketAddr;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the endpoint says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health(Arc<Figures>);

#[derive(Debug, Default)]
struct Figures {
    players: AtomicUsize,
    /// 0 is no lease.
    epoch: AtomicU64,
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
    pub(crate) fn note(&self, players: usize, epoch: Option<u64>) {
        self.0.players.store(players, Ordering::Relaxed);
        self.0.epoch.store(epoch.unwrap_or(0), Ordering::Relaxed);
    }

    fn show(&self) -> Json<Value> {
        let epoch = self.0.epoch.load(Ordering::Relaxed);
        let players = self.0.players.load(Ordering::Relaxed);
        Json(json!({ "players": players, "lease_epoch": (epoch > 0).then_some(epoch) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lease_is_no_epoch() {
        let health = Health::default();
        assert_eq!(health.show().0, json!({ "players": 0, "lease_epoch": null }));
        health.note(2, Some(7));
        assert_eq!(health.show().0, json!({ "players": 2, "lease_epoch": 7 }));
    }
}
