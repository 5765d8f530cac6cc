use super::*;

#[tokio::test]
async fn a_row_that_does_not_read_is_a_failure() {
    let aws = Aws::start().await;
    let mut broken = key(&GUILD.to_string(), "access");
    broken.insert("status".to_owned(), text("approved"));
    put(&aws, broken).await;
    assert!(matches!(
        store(&aws, 50).read(GUILD).await,
        Err(StoreError::Corrupt { table: "guild-access", .. })
    ));
    let flag = aws.dynamodb().put_item().table_name(format!("{}-flags", aws.prefix()));
    let flag = flag.item("flag", text("containment")).item("containment_level", AttributeValue::Null(true));
    flag.send().await.unwrap();
    assert!(matches!(
        store(&aws, 50).read(GuildId::new(8)).await,
        Err(StoreError::Corrupt { table: "flags", .. })
    ));
}

#[tokio::test]
async fn a_table_that_fails_is_a_failure_and_not_an_empty_answer() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    walk(&store, GUILD, &[request(), approve()]).await;
    for fault in [Fault::Status500, Fault::Throttle] {
        aws.fault(fault);
        assert!(matches!(
            store.read(GUILD).await,
            Err(StoreError::Unavailable { operation: "access.read", .. })
        ));
        assert!(matches!(store.count_denial(GUILD, noon()).await, Err(StoreError::Unavailable { .. })));
        assert!(matches!(store.list(Status::Approved, None).await, Err(StoreError::Unavailable { .. })));
        assert!(matches!(store.take(GUILD, &revoke(), noon()).await, Err(AccessError::Store(_))));
    }
    aws.fault(Fault::None);
    assert!(store.read(GUILD).await.is_ok());
}
