use aws_sdk_dynamodb::types::AttributeValue;
use proptest::prelude::*;
use shared::domain::queue::EntryId;
use shared::ids::GuildId;

use super::*;

const ADA: UserId = UserId::new(500_100_200_300_400_001);
const GRACE: UserId = UserId::new(500_100_200_300_400_002);

#[expect(clippy::needless_pass_by_value, reason = "a row of a test reads better so")]
fn text(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

fn item(attributes: &[(&str, AttributeValue)]) -> Item {
    attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn given(place: Place, row: &Item) -> Value {
    view(place, row, DataSubject::User(ADA), Mention::Named).unwrap()
}

fn slot(number: u64, requester: UserId) -> Slot {
    Slot { entry: EntryId::new(number, 0), requester }
}

fn packed(slots: &[Slot]) -> AttributeValue {
    AttributeValue::B(Slot::pack(slots).into())
}

#[test]
fn what_says_nothing_about_them_is_not_given_and_their_own_is_whole() {
    let row = item(&[("guild", text("42")), ("user", text(ADA)), ("by", text(GRACE))]);
    assert_eq!(view(Place::Roles, &row, DataSubject::User(ADA), Mention::None), None);
    let own = view(Place::Roles, &row, DataSubject::User(ADA), Mention::Own);
    assert_eq!(own, Some(json!({ "guild": "42", "user": ADA.to_string(), "by": GRACE.to_string() })));
    let guild = DataSubject::Guild(GuildId::new(42));
    assert_eq!(view(Place::Roles, &row, guild, Mention::Named), own);
}

#[test]
fn of_a_queue_they_are_given_their_entries() {
    let head = item(&[
        ("guild", text("42")),
        ("sk", text("q#head")),
        ("now", packed(&[slot(1, GRACE)])),
        ("history", packed(&[slot(2, ADA), slot(3, GRACE), slot(4, ADA)])),
    ]);
    let entries = json!(["00000000000000020000", "00000000000000040000"]);
    assert_eq!(
        given(Place::GuildQueues, &head),
        json!({ "guild": "42", "sk": "q#head", "history": entries })
    );
    let entry = AttributeValue::M(item(&[("requester", text(ADA))]));
    let row = item(&[("guild", text("42")), ("sk", text("e#1")), ("entry", entry)]);
    assert_eq!(given(Place::GuildQueues, &row)["entry"], json!({ "requester": ADA.to_string() }));
}

#[test]
fn of_a_vote_and_of_a_channel_they_are_given_that_they_were_there() {
    let voters = AttributeValue::Ss(vec![ADA.to_string(), GRACE.to_string()]);
    let row = item(&[("guild", text("42")), ("sk", text("votes")), ("voters", voters)]);
    let ada = json!([ADA.to_string()]);
    assert_eq!(given(Place::GuildState, &row), json!({ "guild": "42", "sk": "votes", "voters": ada }));
    let listeners = AttributeValue::L(vec![text(GRACE), text(ADA)]);
    let observed = AttributeValue::M(item(&[("listeners", listeners)]));
    let row = item(&[("guild", text("42")), ("sk", text("observed")), ("observed", observed)]);
    assert_eq!(given(Place::GuildState, &row)["observed"], json!({ "listeners": ada }));
}

#[test]
fn of_a_decision_they_are_given_their_part() {
    let row = item(&[
        ("guild", text("42")),
        ("status", text("approved")),
        ("requested_by", text(ADA)),
        ("requested_at", text("then")),
        ("decided_by", text(GRACE)),
        ("decided_at", text("later")),
        ("reason", text("Grace's words")),
    ]);
    let asked = json!({ "guild": "42", "status": "approved", "requested_by": ADA.to_string(), "requested_at": "then" });
    assert_eq!(given(Place::GuildAccess, &row), asked);
    let row = item(&[
        ("flag", text("containment")),
        ("raised_by", text(GRACE)),
        ("reason", text("x")),
        ("resume_by", text(ADA)),
    ]);
    assert_eq!(given(Place::Flags, &row), json!({ "flag": "containment", "resume_by": ADA.to_string() }));
    let row = item(&[("tenant", text("42")), ("made_by", text(GRACE)), ("revoked_by", text(ADA))]);
    assert_eq!(given(Place::ApiKeys, &row), json!({ "tenant": "42", "revoked_by": ADA.to_string() }));
    let row = item(&[("user", text(GRACE)), ("by", text(ADA)), ("role", text("moderator"))]);
    assert_eq!(given(Place::Roles, &row), json!({ "by": ADA.to_string(), "role": "moderator" }));
}

/// A row with Grace's id wherever a row can have one, and Ada's where `ada` says so.
fn crowded(ada: &[bool]) -> Item {
    const NAMES: [&str; 10] = [
        "owner",
        "user",
        "by",
        "made_by",
        "revoked_by",
        "requested_by",
        "decided_by",
        "raised_by",
        "resume_by",
        "caller",
    ];
    let who = |at: usize| if ada.get(at).copied().unwrap_or_default() { ADA } else { GRACE };
    let mut row: Item =
        NAMES.iter().enumerate().map(|(at, name)| ((*name).to_owned(), text(who(at)))).collect();
    let crowd = [slot(1, GRACE), slot(2, ADA), slot(3, GRACE)];
    row.extend(["now", "history", "slots"].map(|name| (name.to_owned(), packed(&crowd))));
    row.insert("voters".to_owned(), AttributeValue::Ss(vec![GRACE.to_string(), ADA.to_string()]));
    let listeners = AttributeValue::L(vec![text(GRACE), text(ADA)]);
    row.insert("observed".to_owned(), AttributeValue::M(item(&[("listeners", listeners)])));
    row
}

proptest! {
    #[test]
    fn a_row_that_only_names_them_gives_nobody_else_away(ada in proptest::collection::vec(any::<bool>(), 10)) {
        for place in Place::ALL {
            let said = given(place, &crowded(&ada)).to_string();
            prop_assert!(!said.contains(&GRACE.to_string()), "{place}: {said}");
        }
    }
}
