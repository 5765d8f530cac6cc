//! HTTP to Lambda and back: payload format 2.0, as a Function URL or an HTTP API of API Gateway sends it.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads>

mod answer;
mod event;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::routing::any;
use serde_json::{Value, json};

use crate::machine;

pub use answer::{BadAnswer, answer};
pub use event::{Front, Origin, event};

/// Lambda takes requests of at most 6 MiB.
const MAX_REQUEST: usize = 6 * 1024 * 1024;

/// What stands in front of `invoke`: every request becomes an event, every answer a response. A function that fails is
/// a 502, as in the cloud.
pub fn router<F, Fut, E>(front: Front, invoke: F) -> Router
where
    F: Fn(Value) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Value, E>> + Send,
{
    Router::new().fallback(move |request: Request<Body>| {
        let (front, invoke) = (front.clone(), invoke.clone());
        async move { exchange(&front, request, invoke).await }
    })
}

/// The same for the requests of one route of an HTTP API, whose path stays whole: `/oauth/{*proxy}`.
pub fn route<F, Fut, E>(path: &str, invoke: F) -> Router
where
    F: Fn(Value) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Value, E>> + Send,
{
    let front = Front::HttpApi { stage: "$default".to_owned() };
    let answer = move |request: Request<Body>| {
        let (front, invoke) = (front.clone(), invoke.clone());
        async move { exchange(&front, request, invoke).await }
    };
    Router::new().route(path, any(answer))
}

async fn exchange<F, Fut, E>(front: &Front, request: Request<Body>, invoke: F) -> Response<Body>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, E>>,
{
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_REQUEST).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let Ok(request_id) = machine::uuid() else {
        return message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    };
    let origin = Origin { source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST), time: machine::now(), request_id };
    match invoke(event(front, &parts, &body, &origin)).await {
        Ok(value) => answer(&value).unwrap_or_else(|_| bad_gateway()),
        Err(_) => bad_gateway(),
    }
}

fn bad_gateway() -> Response<Body> {
    message(StatusCode::BAD_GATEWAY, "Internal Server Error")
}

fn message(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({ "message": text }).to_string()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;

    use super::*;
    use crate::host::{Host, bind, serve};

    async fn post(front: Front, body: Vec<u8>) -> (StatusCode, String) {
        let invoke = |event: Value| async move {
            match event["body"].as_str() {
                Some("fail") => Err(()),
                Some("odd") => Ok(json!({ "statusCode": 1 })),
                _ => Ok(json!({ "statusCode": 418, "body": event["rawPath"] })),
            }
        };
        let (listener, address) = bind(0).unwrap();
        let _host = Host::spawn("test", move || serve(listener, router(front, invoke))).unwrap();
        let request = Request::post(format!("http://{address}/a/b")).header("content-type", "text/plain");
        let client = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(Body::new(response.into_body()), 1_000).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_request_reaches_the_function_and_its_answer_comes_back() {
        let (status, body) = post(Front::FunctionUrl, b"x".to_vec()).await;
        assert_eq!((status.as_u16(), body.as_str()), (418, "/a/b"));
        let (_, body) = post(Front::HttpApi { stage: "prod".into() }, b"x".to_vec()).await;
        assert_eq!(body, "/prod/a/b");
    }

    #[tokio::test]
    async fn a_function_that_fails_or_answers_oddly_is_a_502() {
        for body in ["fail", "odd"] {
            let (status, body) = post(Front::FunctionUrl, body.into()).await;
            assert_eq!((status, body.contains("Internal Server Error")), (StatusCode::BAD_GATEWAY, true));
        }
    }

    #[tokio::test]
    async fn a_route_keeps_its_path_and_takes_no_other() {
        let invoke =
            |event: Value| async move { Ok::<_, ()>(json!({ "statusCode": 200, "body": event["rawPath"] })) };
        let (listener, address) = bind(0).unwrap();
        let _host = Host::spawn("test", move || serve(listener, route("/oauth/{*proxy}", invoke))).unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        for (path, expected) in [("/oauth/link/x", (200, "/oauth/link/x")), ("/other", (404, ""))] {
            let request = Request::get(format!("http://{address}{path}")).body(Body::empty()).unwrap();
            let response = client.request(request).await.unwrap();
            let status = response.status().as_u16();
            let bytes = axum::body::to_bytes(Body::new(response.into_body()), 1_000).await.unwrap();
            assert_eq!((status, std::str::from_utf8(&bytes).unwrap()), expected);
        }
    }

    #[tokio::test]
    async fn more_than_6_mb_never_reaches_the_function() {
        let (status, _) = post(Front::FunctionUrl, vec![b'x'; MAX_REQUEST + 1]).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
