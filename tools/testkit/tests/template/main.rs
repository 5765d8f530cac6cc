//! What must stay true of `template.yaml` (SPEC T1): each test names one promise and fails when it is taken away.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which clippy takes for production code"
)]

mod alarms;
mod bill;
mod chosen;
mod data_map;
mod doors;
mod functions;
mod parameters;
mod people;
mod principles;
mod profiles;
mod registry;
mod roles;
mod storage;
mod voice;

use testkit::template::{OURS, Template};

fn ours() -> Template {
    Template::parse(OURS).expect("template.yaml reads")
}
