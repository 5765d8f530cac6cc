//! Orders about incidents and containment (SPEC T16, T27, T33): security-alarms carries them out. Who gives one has been
//! judged before.

use core::time::Duration;

use jiff::Timestamp;
use shared::messages::{Control, Order};
use shared::queues::Delay;

use crate::app::App;
use crate::refused::Refused;
use crate::report::Report;

/// Somebody waits for the answer, and what is ordered can be ordered again.
const PATIENCE: Duration = Duration::from_millis(600);

/// Gives an order. One that was refused may have been taken all the same.
pub(crate) async fn give(app: &App, report: &Report, order: Order, now: Timestamp) -> Result<(), Refused> {
    let order = Control::new(order, now);
    let code = match tokio::time::timeout(PATIENCE, Box::pin(app.control.order(&order, Delay::NONE))).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.code().to_owned(),
        Err(_elapsed) => "timeout".to_owned(),
    };
    report.fault("control_queue", &code);
    Err(Refused::Unavailable)
}
