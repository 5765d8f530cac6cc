//! How a function says what it may touch (SPEC T13). Each function has a list, `grants.rs`; tests hold it
//! against the function's role in `template.yaml` and against what the function really calls.

/// Actions on one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The template's name without prefix, account and region, such as `table/replay`.
    pub resource: &'static str,
    /// IAM actions, such as `dynamodb:PutItem`.
    pub actions: &'static [&'static str],
}

impl Grant {
    /// These actions on this resource.
    pub const fn new(resource: &'static str, actions: &'static [&'static str]) -> Self {
        Self { resource, actions }
    }

    /// The resource and its actions.
    pub const fn parts(&self) -> (&'static str, &'static [&'static str]) {
        (self.resource, self.actions)
    }
}
