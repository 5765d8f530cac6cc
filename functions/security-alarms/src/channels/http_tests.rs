use super::*;
use crate::channels::tests::world::{Does, Ear};
use serde_json::json;

async fn outcome(does: Does) -> Result<Vec<u8>, NotTold> {
    let ear = Ear::new(does).await;
    let sender = Sender::new("https://x.example", Plain::OnLoopback, Duration::from_secs(5)).unwrap();
    sender.json(Method::POST, ear.url.parse().unwrap(), Way::Named, b"{}".to_vec()).await
}

#[test]
fn odd_waits_are_none() {
    assert_eq!(wait(1.5), Some(SignedDuration::from_millis(1500)));
    for seconds in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
        assert_eq!(wait(seconds), None, "{seconds}");
    }
}

#[tokio::test]
async fn each_status_means_one_thing() {
    for (status, expected) in [
        (200, "told"),
        (204, "told"),
        (302, "refused"),
        (400, "refused"),
        (401, "broken"),
        (403, "broken"),
        (404, "broken"),
        (408, "later"),
        (410, "broken"),
        (413, "refused"),
        (425, "later"),
        (429, "later"),
        (500, "later"),
        (503, "later"),
    ] {
        let meaning = match outcome(Does::status(status)).await {
            Ok(_) => "told",
            Err(NotTold::Later { .. }) => "later",
            Err(NotTold::Refused { .. }) => "refused",
            Err(NotTold::Broken { .. }) => "broken",
        };
        assert_eq!(meaning, expected, "{status}");
    }
}

#[tokio::test]
async fn a_date_to_wait_for_and_a_long_answer_are_as_if_nothing_were_said() {
    let headers = &[("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")];
    let asked = outcome(Does::Answer(503, headers, json!({}))).await;
    assert_eq!(asked, Err(NotTold::Later { code: "status_503".to_owned(), asked: None }));
    let long = outcome(Does::Answer(200, &[], json!("x".repeat(ANSWER_MAX)))).await;
    assert_eq!(long, Ok(Vec::new()));
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to() {
    let mut ear = Ear::new(Does::well()).await;
    let sender = Sender::new("https://x.example", Plain::OnLoopback, Duration::from_secs(5)).unwrap();
    let url: Url = ear.url.replace("127.0.0.1", "localhost").parse().unwrap();
    let guarded = sender.json(Method::POST, url.clone(), Way::Anybodys, b"{}".to_vec()).await;
    assert_eq!(guarded, Err(NotTold::later("connect")));
    assert_eq!(ear.all().len(), 0);
    // The same name for those whose hosts are fixed: it was the look-up that refused.
    assert!(sender.json(Method::POST, url, Way::Named, b"{}".to_vec()).await.is_ok());
}

#[tokio::test]
async fn outside_of_tests_nothing_goes_out_in_the_clear() {
    let mut ear = Ear::new(Does::well()).await;
    let sender = Sender::new("https://x.example", Plain::Never, Duration::from_secs(5)).unwrap();
    for way in [Way::Named, Way::Anybodys] {
        let url = ear.url.parse().unwrap();
        assert!(sender.json(Method::POST, url, way, b"{}".to_vec()).await.is_err());
    }
    assert_eq!(ear.all().len(), 0);
}
