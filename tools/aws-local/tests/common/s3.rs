//! A stack and a client of its buckets.

use aws_local::{Data, Stack};
use aws_sdk_s3::Client;

use crate::common;

pub(crate) struct World {
    pub(crate) stack: Stack,
    pub(crate) client: Client,
}

pub(crate) fn world(data: Data) -> World {
    let stack = common::stack(data);
    let client = Client::new(&testkit::sdk_config(&stack.endpoint()));
    World { stack, client }
}
