//! SQS through the SDK: the wire, delays, visibility, dead letters.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, Instant};

use aws_local::{Data, Fault, Stack};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::{
    Message, MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry,
};

struct Queues {
    stack: Stack,
    client: Client,
    url: String,
}

async fn queues() -> Queues {
    let stack = common::stack(Data::Memory);
    let client = Client::new(&testkit::sdk_config(&stack.endpoint()));
    let url = url_of(&client, "timmybot-reply-deadline").await;
    Queues { stack, client, url }
}

async fn url_of(client: &Client, name: &str) -> String {
    client.get_queue_url().queue_name(name).send().await.unwrap().queue_url.unwrap()
}

impl Queues {
    async fn send(&self, body: &str, delay_s: i32) {
        let send = self.client.send_message().queue_url(&self.url).message_body(body).delay_seconds(delay_s);
        send.send().await.unwrap();
    }

    async fn receive(&self, wait_s: i32) -> Option<Message> {
        let receive = self.client.receive_message().queue_url(&self.url).wait_time_seconds(wait_s);
        let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All);
        receive.send().await.unwrap().messages.unwrap_or_default().pop()
    }

    async fn show_again(&self, message: &Message) {
        let change = self.client.change_message_visibility().queue_url(&self.url).visibility_timeout(0);
        change.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
    }

    async fn count(&self, name: QueueAttributeName) -> String {
        let get =
            self.client.get_queue_attributes().queue_url(&self.url).attribute_names(QueueAttributeName::All);
        get.send().await.unwrap().attributes.unwrap()[&name].clone()
    }
}

#[tokio::test]
async fn a_message_goes_in_comes_out_and_is_deleted() {
    let queues = queues().await;
    let sent =
        queues.client.send_message().queue_url(&queues.url).message_body("héllo").send().await.unwrap();
    // `printf 'héllo' | md5sum`
    assert_eq!(sent.md5_of_message_body(), Some("be50e8478cf24ff3595bc7307fb91b50"));
    let message = queues.receive(0).await.unwrap();
    assert_eq!((message.body(), message.message_id()), (Some("héllo"), sent.message_id()));
    assert_eq!(message.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(message.attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount], "1");
    assert_eq!(queues.count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible).await, "1");
    let delete = queues.client.delete_message().queue_url(&queues.url);
    delete.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
    assert_eq!(queues.count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible).await, "0");
}

#[tokio::test]
async fn a_delayed_message_is_waited_for() {
    let queues = queues().await;
    let begin = Instant::now();
    queues.send("later", 1).await;
    assert!(queues.receive(0).await.is_none());
    assert_eq!(queues.count(QueueAttributeName::ApproximateNumberOfMessagesDelayed).await, "1");
    assert_eq!(queues.receive(20).await.unwrap().body(), Some("later"));
    assert!(begin.elapsed() >= Duration::from_millis(950), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_receiver_that_waits_is_woken_by_a_sender() {
    let queues = queues().await;
    let (message, ()) = tokio::join!(queues.receive(20), async {
        tokio::task::yield_now().await;
        queues.send("now", 0).await;
    });
    assert_eq!(message.unwrap().body(), Some("now"));
}

#[tokio::test]
async fn a_message_shown_again_too_often_goes_to_the_dead_letter_queue() {
    let mut queues = queues().await;
    queues.send("poison", 0).await;
    for receive in ["1", "2", "3"] {
        let message = queues.receive(0).await.unwrap();
        let count = &message.attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount];
        assert_eq!(count, receive);
        queues.show_again(&message).await;
    }
    assert!(queues.receive(0).await.is_none());
    queues.url = url_of(&queues.client, "timmybot-reply-deadline-dlq").await;
    let buried = queues.receive(0).await.unwrap();
    let source = &buried.attributes().unwrap()[&MessageSystemAttributeName::DeadLetterQueueSourceArn];
    assert_eq!(buried.body(), Some("poison"));
    assert_eq!(source, "arn:aws:sqs:eu-central-1:000000000000:timmybot-reply-deadline");
}

#[tokio::test]
async fn the_queue_tells_its_settings() {
    let queues = queues().await;
    assert_eq!(queues.count(QueueAttributeName::VisibilityTimeout).await, "45");
    let policy = queues.count(QueueAttributeName::RedrivePolicy).await;
    assert!(policy.contains("\"maxReceiveCount\":3"), "{policy}");
}

#[tokio::test]
async fn a_batch_says_for_each_entry_how_it_went() {
    let queues = queues().await;
    let entry = |id: &str, delay_s: i32| {
        let entry = SendMessageBatchRequestEntry::builder().id(id).message_body(id).delay_seconds(delay_s);
        entry.build().unwrap()
    };
    let batch = |entries: Vec<SendMessageBatchRequestEntry>| {
        queues.client.send_message_batch().queue_url(&queues.url).set_entries(Some(entries)).send()
    };
    let result = batch(vec![entry("good", 0), entry("bad", 901)]).await.unwrap();
    assert_eq!(result.successful()[0].id(), "good");
    assert_eq!((result.failed()[0].id(), result.failed()[0].code()), ("bad", "InvalidParameterValue"));
    let twice = batch(vec![entry("a", 0), entry("a", 0)]).await.unwrap_err().into_service_error();
    assert!(twice.is_batch_entry_ids_not_distinct(), "{twice:?}");
    let many =
        batch((0..11).map(|id| entry(&id.to_string(), 0)).collect()).await.unwrap_err().into_service_error();
    assert!(many.is_too_many_entries_in_batch_request(), "{many:?}");
    let none = batch(Vec::new()).await.unwrap_err().into_service_error();
    assert!(none.is_empty_batch_request(), "{none:?}");
}

#[tokio::test]
async fn a_purge_empties_the_queue_and_a_second_one_waits() {
    let queues = queues().await;
    queues.send("gone", 0).await;
    let purge = || queues.client.purge_queue().queue_url(&queues.url).send();
    purge().await.unwrap();
    assert!(queues.receive(0).await.is_none());
    assert!(purge().await.unwrap_err().into_service_error().is_purge_queue_in_progress());
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    let queues = queues().await;
    let client = &queues.client;
    let nowhere = client.get_queue_url().queue_name("nowhere").send().await.unwrap_err().into_service_error();
    assert!(nowhere.is_queue_does_not_exist(), "{nowhere:?}");
    let send = client.send_message().queue_url(format!("{}x", queues.url)).message_body("x").send().await;
    assert!(send.unwrap_err().into_service_error().is_queue_does_not_exist());
    let late = client.send_message().queue_url(&queues.url).message_body("x").delay_seconds(901).send().await;
    assert_eq!(late.unwrap_err().code(), Some("InvalidParameterValue"));
    let delete = client.delete_message().queue_url(&queues.url).receipt_handle("zz").send().await;
    assert!(delete.unwrap_err().into_service_error().is_receipt_handle_is_invalid());
    queues.send("x", 0).await;
    let message = queues.receive(0).await.unwrap();
    queues.show_again(&message).await;
    let change = client.change_message_visibility().queue_url(&queues.url).visibility_timeout(1);
    let change = change.receipt_handle(message.receipt_handle().unwrap()).send().await;
    assert!(change.unwrap_err().into_service_error().is_message_not_inflight());
    drop(queues.stack);
}

#[tokio::test]
async fn a_fault_decides_whether_a_message_is_sent_and_whether_anybody_hears_of_it() {
    let queues = queues().await;
    for (fault, code, sent) in [
        (Fault::Throttle, "AWS.SimpleQueueService.RequestThrottled", false),
        (Fault::AccessDenied, "AccessDenied", false),
        (Fault::Status500, "InternalServiceError", false),
        (Fault::AnswerLost, "InternalServiceError", true),
    ] {
        queues.stack.fault_next("SendMessage", fault, 1);
        let send = queues.client.send_message().queue_url(&queues.url).message_body("x").send();
        assert_eq!(send.await.unwrap_err().code(), Some(code), "{fault:?}");
        let found = queues.receive(0).await;
        assert_eq!(found.is_some(), sent, "{fault:?}");
        if let Some(handle) = found.and_then(|message| message.receipt_handle) {
            queues
                .client
                .delete_message()
                .queue_url(&queues.url)
                .receipt_handle(handle)
                .send()
                .await
                .unwrap();
        }
    }
    queues.send("and then it works again", 0).await;
    assert!(queues.receive(0).await.is_some());
}
