//! What a task reads about itself at `ECS_CONTAINER_METADATA_URI_V4`
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html>).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;

use super::Ecs;

const PREFIX: &str = "/v4/";

impl Ecs {
    /// The task that a path asks about, if it is this endpoint's.
    pub(crate) fn asked_about(path: &str) -> Option<&str> {
        path.strip_prefix(PREFIX)?.strip_suffix("/task")
    }

    /// What the endpoint says of a task.
    pub(crate) fn metadata(&self, id: &str) -> Response<Body> {
        let Some(arn) = self.arn_of(id) else {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        };
        let state = self.lock();
        let family = state.tasks.get(&arn).map(|task| task.family.clone());
        let body = json!({ "TaskARN": arn, "Family": family, "Revision": "1", "LaunchType": "FARGATE" });
        Response::new(Body::from(body.to_string()))
    }
}

pub(super) fn address(server: std::net::SocketAddr, task_arn: &str) -> String {
    format!("http://{server}{PREFIX}{}", task_arn.rsplit('/').next().unwrap_or_default())
}
