//! `RunTask`.

use serde_json::{Value, json};

use super::request::Request;
use super::task::{Birth, StopReason, Task};
use super::{Ecs, Refusal, State, error};
use crate::template::TaskPlan;
use crate::wire::ServiceError;

/// What the service keeps of a token: the request that it came with and what came of it.
#[derive(Debug)]
pub(super) struct Remembered {
    request: Request,
    tasks: Vec<String>,
}

const NO_CAPACITY: &str =
    "Capacity is unavailable at this time. Please try again later or in a different availability zone";

impl Ecs {
    /// The same token with the same request gives the same tasks, with another request a conflict. A request that got no
    /// capacity leaves nothing behind.
    pub(super) fn run_task(&self, request: &Request) -> Result<Value, ServiceError> {
        let family = request.definition()?;
        let family = self.0.families.iter().find(|plan| plan.family == family);
        let family = family.ok_or_else(error::no_such_definition)?;
        request.check_network()?;
        request.check_token()?;
        request.check_started_by()?;
        let (provider, count) = (request.provider()?, request.count()?);
        let environment = request.environment(&family.container)?;
        let mut state = self.lock();
        if let Some(known) = request.client_token.as_ref().and_then(|token| state.tokens.get(token)) {
            return known.again(request, &state);
        }
        let refusal = state.take_refusal(provider);
        if refusal == Some(Refusal::AtOnce) {
            return Ok(json!({ "tasks": [], "failures": [{ "reason": NO_CAPACITY }] }));
        }
        let mut made = Vec::new();
        for _ in 0..count {
            let birth = Birth { request, family, provider, environment: environment.clone() };
            made.push(self.make(&mut state, &birth, refusal)?);
        }
        if let Some(token) = &request.client_token {
            let remembered = Remembered { request: request.clone(), tasks: made.clone() };
            state.tokens.insert(token.clone(), remembered);
        }
        Ok(json!({ "tasks": state.describe(&made), "failures": [] }))
    }

    fn make(
        &self,
        state: &mut State,
        birth: &Birth<'_>,
        refusal: Option<Refusal>,
    ) -> Result<String, ServiceError> {
        let number = state.tasks.len();
        let mut task = Task::new(number, birth)?;
        let arn = task.arn.clone();
        if refusal == Some(Refusal::Later) {
            task.stopping(StopReason::no_capacity());
        } else if let Some(program) = state.programs.get(&birth.family.family) {
            task.start(program, birth, self.0.address)?;
        }
        state.tasks.insert(arn.clone(), task);
        self.watch(&arn)?;
        Ok(arn)
    }
}

impl Remembered {
    fn again(&self, request: &Request, state: &State) -> Result<Value, ServiceError> {
        if self.request != *request {
            return Err(error::token_in_use());
        }
        Ok(json!({ "tasks": state.describe(&self.tasks), "failures": [] }))
    }
}

impl State {
    pub(super) fn describe(&self, arns: &[String]) -> Vec<Value> {
        arns.iter().filter_map(|arn| self.tasks.get(arn)).map(Task::to_json).collect()
    }

    fn take_refusal(&mut self, provider: &str) -> Option<Refusal> {
        self.refusals.retain(|(_, _, times)| *times > 0);
        let (_, refusal, times) = self.refusals.iter_mut().find(|(name, _, _)| name == provider)?;
        *times -= 1;
        Some(*refusal)
    }
}

impl Birth<'_> {
    /// The family as the template plans it.
    pub(super) const fn plan(&self) -> &TaskPlan {
        self.family
    }
}
