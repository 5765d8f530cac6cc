//! Incidents: what alarms, findings and events of ours become (SPEC T27, T32 to T34). Pure; time is an argument.

mod alert;
mod deeds;
mod detail;
pub mod grouping;
mod label;
mod notice;
mod record;
mod response;
mod severity;
mod signal;

pub use alert::{Alert, Category, Component, Rule, UnknownAlert};
pub use deeds::Deed;
pub use detail::Detail;
pub use label::{BadLabel, Label};
pub use notice::{Kind, Notice};
pub use record::{BadIncidentId, By, Entry, Happening, Incident, IncidentId, Owed, Status};
pub use response::{CounterMeasure, Response, Tells};
pub use severity::Severity;
pub use signal::{Change, Fingerprint, Signal};
