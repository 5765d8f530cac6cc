//! A stack of the fixture template.

use std::collections::BTreeMap;
use std::path::Path;

use aws_local::{Data, Stack, StackOptions};

/// The stack that `src/template/fixture.yaml` asks for.
pub(crate) fn stack(data: Data) -> Stack {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/template/fixture.yaml");
    Stack::start(&StackOptions { template, parameters: BTreeMap::new(), data, port: 0 }).unwrap()
}
