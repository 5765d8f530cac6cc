//! The function under test, put together for the fuzzer: the only file that knows how it is constructed.

use std::cell::{Cell, RefCell};

use interactions::config::Config;
use interactions::{App, Machine, handle};
use jiff::Timestamp;
use serde_json::value::RawValue;
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::http_event::HttpAnswer;
use shared::telemetry::Sink;
use testkit::signing::{COMMITTED_AT, DiscordKey};
use tokio::runtime::{Builder, Runtime};

use crate::stores::Stores;

/// The key that strangers would have to sign with; no seed of the corpus was signed with it.
const STRANGERS: [u8; 32] = [7; 32];
/// After so many answers the functions are made anew: their log is kept in memory.
const RENEW: u32 = 4096;

/// The function as it stands before three kinds of callers. It is made for one thread.
pub struct Doors {
    runtime: Runtime,
    apps: RefCell<Apps>,
    answers: Cell<u32>,
}

struct Apps {
    strangers: App,
    approved: App,
    refusing: App,
}

impl Doors {
    /// Opens them.
    ///
    /// # Panics
    /// When they cannot be opened.
    #[expect(clippy::expect_used, reason = "without a function there is nothing to fuzz")]
    pub fn open() -> Self {
        let runtime =
            Builder::new_current_thread().enable_time().build().expect("a runtime needs nothing but memory");
        Self { runtime, apps: RefCell::new(Apps::new()), answers: Cell::new(0) }
    }

    /// The answer to somebody who has no key.
    pub fn strangers(&self, event: &RawValue) -> HttpAnswer {
        self.answer(event, |apps| &apps.strangers)
    }

    /// The answer to Discord.
    pub fn discord(&self, event: &RawValue, stores: Stores) -> HttpAnswer {
        self.answer(event, |apps| match stores {
            Stores::Approved => &apps.approved,
            Stores::Refusing => &apps.refusing,
        })
    }

    fn answer(&self, event: &RawValue, choose: impl Fn(&Apps) -> &App) -> HttpAnswer {
        let before = self.answers.replace(self.answers.get().wrapping_add(1));
        if before % RENEW == RENEW - 1 {
            self.apps.replace(Apps::new());
        }
        let apps = self.apps.borrow();
        self.runtime.block_on(handle(choose(&apps), event))
    }
}

impl Apps {
    fn new() -> Self {
        let discord = DiscordKey::committed();
        Self {
            strangers: app(&DiscordKey::from_seed(STRANGERS), Stores::Approved),
            approved: app(&discord, Stores::Approved),
            refusing: app(&discord, Stores::Refusing),
        }
    }
}

#[expect(clippy::expect_used, reason = "without a function there is nothing to fuzz")]
fn app(key: &DiscordKey, stores: Stores) -> App {
    let env = [
        ("DISCORD_APPLICATION_ID", "775799577604522054"),
        ("DISCORD_PUBLIC_KEYS", &key.public_hex()),
        // The operator of the events; so are their commands behind the door, too.
        ("OPERATOR_IDS", "155149108183695360"),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key"),
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("PRIVACY_QUEUE_URL", "http://127.0.0.1:1/000000000000/timmybot-privacy"),
        ("CONTROL_QUEUE_URL", "http://127.0.0.1:1/000000000000/timmybot-control"),
    ];
    let config = Config::from_env(&Env::of(env)).expect("the configuration is complete");
    let now = Timestamp::from_second(COMMITTED_AT).expect("the events are signed in this era");
    let machine = Machine { sink: Sink::memory().0, clock: Clock::fixed(now), rng: Rng::fixed(7) };
    App::new(config, &stores.sdk_config(), &machine)
}
