//! What the tests of this function begin with: AWS, a log that is searched when it ends, and the function over both.

use aws_config::SdkConfig;
use data_retention::{App, Config, Machine};
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::providers::client::Patience;
use shared::store::Db;
use shared::telemetry::{Captured, Sink};
use testkit::Aws;
use testkit::silence::Silence;

/// Where browsers reach us.
pub(crate) const BASE: &str = "https://bot.example.org";
/// What signs.
pub(crate) const KEY: &str = "alias/timmybot-audit";

/// AWS for one test, and what the function logs there.
pub(crate) struct Support {
    pub(crate) aws: Aws,
    pub(crate) log: Captured,
    /// How the function speaks to AWS.
    pub(crate) sdk: SdkConfig,
    sink: Sink,
    _silence: Silence,
}

impl Support {
    /// None of these words may stand in the log.
    pub(crate) async fn new<P: ToString>(words: impl IntoIterator<Item = P>) -> Self {
        let aws = Aws::start().await;
        let (sink, log) = Sink::memory();
        let searched = log.clone();
        let silence = Silence::of(&aws, words, move || searched.text());
        let sdk = aws.impatient_sdk_config();
        Self { aws, log, sdk, sink, _silence: silence }
    }

    /// The function by this clock, as it is at its start; it is told this besides what it always is.
    pub(crate) fn app_told(
        &self,
        clock: Clock,
        besides: impl IntoIterator<Item = (&'static str, String)>,
    ) -> App {
        let always = [
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("EVIDENCE_BUCKET", self.aws.bucket("evidence")),
            ("EXPORTS_BUCKET", self.aws.bucket("exports")),
            ("PRIVACY_QUEUE_URL", self.aws.queue_url("privacy")),
            ("CHECKPOINT_KEY_ID", KEY.to_owned()),
            ("PUBLIC_BASE_URL", BASE.to_owned()),
        ];
        let config = Config::from_env(&Env::of(always.into_iter().chain(besides))).unwrap();
        let (sink, patience) = (self.sink.clone(), Patience::STANDARD);
        let machine = Machine { sink, clock, rng: Rng::system(), patience };
        App::new(config, &self.sdk, &machine).unwrap()
    }

    pub(crate) fn db(&self) -> Db {
        Db::new(self.aws.dynamodb(), self.aws.prefix())
    }
}
