//! Telling people (SPEC T27). What is to be told stands in the incident's row as owed before anybody is told, and is struck
//! out afterwards: who is killed in between is followed by somebody who tells it again, under the same id.

use jiff::{SignedDuration, Timestamp};
use shared::domain::incident::{Alert, Happening, IncidentId, Label, Notice};
use shared::messages::{Control, Order};
use shared::queues::Delay;
use shared::store::incidents::Seen;
use shared::telemetry::{Metric, Telemetry};

use crate::app::App;
use crate::change::{change, change_seen};
use crate::channels::DeliverError;
use crate::not_done::NotDone;

/// How long a channel is left alone before each further try.
const BACK_OFF: [SignedDuration; 5] = [
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
    LONGEST,
];
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// The last of the further tries.
const LAST: u32 = 5;

/// Tells what is owed to all channels at once. Those that did not hear it get it by a message each.
pub(crate) async fn tell(app: &App, seen: Seen, log: &Telemetry) -> Result<(), NotDone> {
    let Some(notice) = seen.incident.owed_notice() else { return Ok(()) };
    let told = app.channels.tell(&notice, log, app.clock.now()).await;
    if told.told > 0 {
        log.metric(Metric::AlarmsTold, told.told);
    }
    for channel in told.failed {
        try_again(app, &channel, &notice, 1, None).await?;
    }
    let (number, channels) = (notice.number, told.told);
    change_seen(app, seen, |incident, now| incident.told(number, channels, now)).await.map(drop)
}

/// Tells one channel once more. What still fails after the last try stays in the queue, which puts it aside.
pub(crate) async fn deliver(
    app: &App,
    channel: &Label,
    notice: &Notice,
    attempt: u32,
    log: &Telemetry,
) -> Result<(), NotDone> {
    let now = app.clock.now();
    match app.channels.deliver(channel, notice, log, now).await {
        Ok(()) => {
            log.count(Metric::AlarmsTold);
            Ok(())
        }
        Err(DeliverError::Later { not_before, .. }) if attempt < LAST => {
            try_again(app, channel, notice, attempt.saturating_add(1), not_before).await
        }
        Err(DeliverError::Later { code, .. }) => {
            if note_untold(app, channel, notice).await? {
                give_up(app, channel, notice, log).await?;
            }
            Err(NotDone::new("channel.deliver", &code))
        }
        // The channel is no more, or the others have been told that it is good for nothing.
        Err(DeliverError::Never { .. }) => note_untold(app, channel, notice).await.map(drop),
    }
}

/// Tells one channel that it can be told. Whoever asked looks at the channel, so it is not tried again.
pub(crate) async fn test(app: &App, channel: &Label, log: &Telemetry) -> Result<(), NotDone> {
    let now = app.clock.now();
    let notice = Notice::test(IncidentId::new(now, app.rng)?, now);
    if let Err(DeliverError::Later { code, .. } | DeliverError::Never { code }) =
        app.channels.deliver(channel, &notice, log, now).await
    {
        log.fault("channel.test", &code);
    }
    Ok(())
}

async fn try_again(
    app: &App,
    channel: &Label,
    notice: &Notice,
    attempt: u32,
    not_before: Option<Timestamp>,
) -> Result<(), NotDone> {
    let now = app.clock.now();
    let wait = back_off(attempt);
    let at = now.saturating_add(wait).unwrap_or(now).max(not_before.unwrap_or(now));
    let notice = Box::new(notice.clone());
    let order = Control::new(Order::Deliver { channel: channel.clone(), notice, attempt }, now);
    Ok(app.control.order(&order, Delay::until(at, now)).await?)
}

/// How long before this try, counted from 1.
fn back_off(attempt: u32) -> SignedDuration {
    let index = usize::try_from(attempt.max(1)).unwrap_or(usize::MAX).saturating_sub(1);
    BACK_OFF.get(index).copied().unwrap_or(LONGEST)
}

/// Writes down that a channel did not hear something; whether that is new.
async fn note_untold(app: &App, channel: &Label, notice: &Notice) -> Result<bool, NotDone> {
    let what = Happening::Untold(channel.clone());
    let noted = change(app, notice.incident.id, |incident, now| {
        let known = incident.timeline.iter().any(|entry| entry.what == what && entry.at >= notice.at);
        (!known).then(|| incident.untold(channel, now))
    });
    Ok(noted.await?.is_some())
}

/// Counts it, which has an alarm of its own, and tells the others; not of what was itself about the alarms, since that
/// would go on for ever.
async fn give_up(app: &App, channel: &Label, notice: &Notice, log: &Telemetry) -> Result<(), NotDone> {
    log.count(Metric::AlarmsUntold);
    if notice.incident.alert == Alert::FanOut {
        return Ok(());
    }
    let order = Order::Raise { alert: Alert::FanOut, label: Some(channel.clone()) };
    Ok(app.control.order(&Control::new(order, app.clock.now()), Delay::NONE).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_waits_longer_and_a_queue_can_delay_all_of_them() {
        let waits: Vec<i64> = (1..=LAST).map(|attempt| back_off(attempt).as_secs()).collect();
        assert_eq!(waits, [10, 30, 120, 300, 900]);
        assert_eq!((back_off(0).as_secs(), back_off(u32::MAX)), (10, LONGEST));
        assert!(waits.iter().all(|wait| *wait <= i64::from(Delay::LONGEST_S)));
    }
}
