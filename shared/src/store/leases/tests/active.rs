use testkit::Aws;

use super::*;
use crate::ids::GuildId;

const ONE: GuildId = GuildId::new(1);
const TWO: GuildId = GuildId::new(2);

#[tokio::test]
async fn the_list_holds_each_guild_once() {
    let aws = Aws::start().await;
    let active = ActiveGuilds::new(db(&aws));
    assert!(active.all(SHARD).await.unwrap().is_empty());
    let fence = taken(&leases(&aws), "a", now()).await.fence();
    for guild in [ONE, TWO, ONE] {
        assert_eq!(active.add(SHARD, guild, fence).await, Ok(Saved::Now));
    }
    assert_eq!(active.all(SHARD).await.unwrap().into_iter().collect::<Vec<_>>(), [ONE, TWO]);
    for guild in [ONE, ONE, TWO] {
        assert_eq!(active.remove(SHARD, guild, fence).await, Ok(Saved::Now));
    }
    assert!(active.all(SHARD).await.unwrap().is_empty());
    assert!(active.all(ShardId::new(1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_was_followed_changes_no_list() {
    let aws = Aws::start().await;
    let (leases, active) = (leases(&aws), ActiveGuilds::new(db(&aws)));
    let old = taken(&leases, "a", now()).await.fence();
    let new = taken(&leases, "b", now() + 15.seconds()).await.fence();
    active.add(SHARD, ONE, new).await.unwrap();
    assert_eq!(active.remove(SHARD, ONE, old).await, Ok(Saved::Fenced));
    assert_eq!(active.add(SHARD, TWO, old).await, Ok(Saved::Fenced));
    assert_eq!(active.all(SHARD).await.unwrap().into_iter().collect::<Vec<_>>(), [ONE]);
}
