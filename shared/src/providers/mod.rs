//! The five services whose accounts can be linked, as they document themselves (SPEC W12). Pure: what is sent and what an
//! answer means; who sends it is elsewhere.

pub mod answer;
pub mod authorize;
pub mod spec;
