use axum::http::StatusCode;
use jiff::ToSpan as _;
use serde_json::json;
use testkit::Fault;

use super::super::tests::{ADA, DISCORD, Scene, TOKEN, account, now, tokens};
use super::*;
use crate::fake_http::Answer;
use crate::vault::MARGIN_S;

const WEEK_S: i64 = 604_800;
const WHICH: Due = Due { user: ADA, provider: DISCORD };

fn over() -> Answer {
    Answer::json(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_grant" }))
}

fn away() -> Answer {
    Answer::json(StatusCode::SERVICE_UNAVAILABLE, &json!({}))
}

/// Its clock stands so long after the link was made.
fn keeper(scene: &Scene, after_s: i64) -> Keeper {
    scene.another(now() + after_s.seconds()).keeper()
}

async fn linked(then: impl IntoIterator<Item = Answer>) -> Scene {
    let scene = Scene::new([tokens(1), account("1")].into_iter().chain(then)).await;
    scene.link(ADA, 10).await.unwrap();
    scene
}

async fn link(scene: &Scene) -> Link {
    scene.linker.links.of(ADA).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_link_that_is_due_is_renewed_and_due_a_week_later() {
    let scene = linked([tokens(2)]).await;
    let late = keeper(&scene, WEEK_S);
    assert_eq!(late.renew(WHICH, Extent::Due).await, Ok(Renewed::Fresh));
    assert_eq!(scene.access(ADA).await, Some(Secret::new("access 2")));
    let due = now() + (2 * WEEK_S - MARGIN_S).seconds();
    assert_eq!((link(&scene).await.status, link(&scene).await.due_at), (LinkStatus::Linked, Some(due)));
    assert_eq!(late.renew(WHICH, Extent::Due).await, Ok(Renewed::Fresh), "again changes nothing");
    assert_eq!(scene.asked().iter().filter(|line| *line == TOKEN).count(), 2);
}

#[tokio::test]
async fn a_link_that_is_over_is_marked_and_its_tokens_are_gone() {
    for by_use in [true, false] {
        let scene = linked([over()]).await;
        let late = keeper(&scene, WEEK_S);
        if by_use {
            assert_eq!(late.access(ADA, DISCORD).await, Err(AccessError::NeedsReauth));
        } else {
            assert_eq!(late.renew(WHICH, Extent::Due).await, Ok(Renewed::Lapsed));
        }
        assert_eq!(scene.access(ADA).await, None);
        assert_eq!((link(&scene).await.status, link(&scene).await.due_at), (LinkStatus::NeedsReauth, None));
    }
}

#[tokio::test]
async fn a_service_that_fails_is_asked_again_in_an_hour() {
    for answer in [away(), away().header("retry-after", "7000"), away().header("retry-after", "5")] {
        let scene = linked([answer]).await;
        let renewed = keeper(&scene, WEEK_S).renew(WHICH, Extent::Due).await.unwrap();
        assert!(
            matches!(renewed, Renewed::Later { ref code, failures: 1, .. } if code == "status_5xx"),
            "{renewed:?}"
        );
        assert_eq!(scene.access(ADA).await, Some(Secret::new("access 1")), "nothing is lost");
        assert_eq!(link(&scene).await.due_at, Some(now() + (WEEK_S + 3600).seconds()));
        assert_eq!(link(&scene).await.status, LinkStatus::Linked);
    }
}

#[tokio::test]
async fn a_row_that_is_about_nothing_is_taken_away() {
    let scene = linked([]).await;
    let seen = scene.linker.vault.read(ADA).await.unwrap().unwrap();
    let emptied = seen.document.without(DISCORD);
    scene.linker.vault.replace(ADA, Some(&seen), emptied).await.unwrap();
    assert_eq!(keeper(&scene, WEEK_S).renew(WHICH, Extent::Due).await, Ok(Renewed::Gone));
    assert_eq!(scene.status(ADA).await, None);
    assert_eq!(keeper(&scene, WEEK_S).renew(WHICH, Extent::Due).await, Ok(Renewed::Gone), "there is no row");
}

/// Linking died after the vault and before the index.
#[tokio::test]
async fn a_pending_link_with_tokens_becomes_linked() {
    let scene = linked([]).await;
    let seen = link(&scene).await;
    let pending = seen.clone().stands(LinkStatus::Pending, Some(now() + 15.minutes()));
    scene.linker.links.put(ADA, Some(&seen), pending).await.unwrap();
    assert_eq!(keeper(&scene, 3600).renew(WHICH, Extent::Due).await, Ok(Renewed::Fresh));
    assert_eq!(scene.status(ADA).await, Some(LinkStatus::Linked));
}

#[tokio::test]
async fn killed_anywhere_the_next_night_makes_it_whole() {
    for operation in ["PutSecretValue", "UpdateSecretVersionStage", "TransactWriteItems"] {
        for fault in [Fault::Throttle, Fault::AnswerLost] {
            let scene = linked([tokens(2), tokens(3)]).await;
            scene.aws.fault_next(operation, fault, 1);
            let _ = keeper(&scene, WEEK_S).renew(WHICH, Extent::Due).await;
            let whole = keeper(&scene, WEEK_S + 60).renew(WHICH, Extent::Due).await;
            assert_eq!(whole, Ok(Renewed::Fresh), "{operation} {fault:?}");
            let stored = scene.access(ADA).await.unwrap();
            let good = [Secret::new("access 2"), Secret::new("access 3")];
            assert!(good.contains(&stored), "{operation} {fault:?}");
            assert!(link(&scene).await.due_at.unwrap() > now() + WEEK_S.seconds(), "{operation} {fault:?}");
        }
    }
}

#[tokio::test]
async fn all_are_renewed_once_even_if_they_are_fresh() {
    let scene = linked([tokens(2), tokens(3)]).await;
    let keeper = keeper(&scene, 60);
    let all = |after_s: i64| Extent::All { since: now() + after_s.seconds() };
    for _ in 0..2 {
        assert_eq!(keeper.renew(WHICH, all(60)).await, Ok(Renewed::Fresh));
        assert_eq!(scene.access(ADA).await, Some(Secret::new("access 2")), "once in one run");
    }
    assert_eq!(keeper.renew(WHICH, all(61)).await, Ok(Renewed::Fresh));
    assert_eq!(scene.access(ADA).await, Some(Secret::new("access 3")), "and again in the next");
}

#[tokio::test]
async fn failures_are_counted_until_it_works_again() {
    let scene = linked([away(), away(), tokens(2)]).await;
    for (night, expected) in [(0, 1), (1, 2), (2, 0)] {
        let _ = keeper(&scene, WEEK_S + night * 86_400).renew(WHICH, Extent::Due).await.unwrap();
        assert_eq!(link(&scene).await.failures, expected);
    }
}
