//! What AWS Budgets publishes to a topic: a letter, not JSON
//! (<https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>).

use jiff::Timestamp;
use shared::domain::incident::{Alert, Change, Signal};

use super::Published;

/// How each of the letters begins.
const LETTER: &str = "AWS Budget Notification";
/// How the sentence begins that says what has happened.
const SENTENCE: &str = "You requested that we alert you when ";

/// The signal; `None`: this is no letter of Budgets'.
pub(super) fn read(published: &Published, at: Timestamp) -> Option<Signal> {
    if !published.message.trim_start().starts_with(LETTER) {
        return None;
    }
    let signal = Signal::new(Alert::Budget, Change::Fires, at);
    Some(match sentence(&published.message) {
        Some(sentence) => signal.saying(sentence),
        None => signal,
    })
}

/// The rest of it has the account's number and addresses.
fn sentence(letter: &str) -> Option<&str> {
    let (_, after) = letter.split_once(SENTENCE)?;
    after.split(['\r', '\n']).next()?.split(". ").next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "AWS Budget Notification November 23, 2026\nAWS Account 123456789012\n\nDear AWS Customer,\n\n\
        You requested that we alert you when the ACTUAL Cost associated with your timmybot-monthly budget is greater \
        than $5.00 for the current month. The ACTUAL Cost associated with this budget is $5.12. You can find \
        additional details below and by accessing the AWS Budgets dashboard.\n\nBudget Name: timmybot-monthly\n";

    fn letter(message: &str) -> Option<Signal> {
        let (topic_arn, timestamp) = ("arn".to_owned(), Timestamp::UNIX_EPOCH);
        read(&Published { topic_arn, subject: None, message: message.to_owned(), timestamp }, timestamp)
    }

    #[test]
    fn the_sentence_is_told_and_the_account_is_not() {
        let signal = letter(TEXT).unwrap();
        assert_eq!((signal.alert, signal.change), (Alert::Budget, Change::Fires));
        assert_eq!(
            signal.detail.unwrap().as_str(),
            "the ACTUAL Cost associated with your timmybot-monthly budget is greater than $5.00 for the current month"
        );
    }

    #[test]
    fn another_wording_is_still_about_the_budget_and_other_texts_are_not() {
        let signal = letter("AWS Budget Notification\nin words that nobody knows, 123456789012").unwrap();
        assert_eq!((signal.alert, signal.detail), (Alert::Budget, None));
        for other in ["", "{}", "Budget", "Hello AWS Budget Notification"] {
            assert_eq!(letter(other), None, "{other}");
        }
    }
}
