//! Linking against an authorization server that we did not write, npm `oidc-provider`: what we send is understood, what
//! it refuses is refused for us too, and what it takes back is gone. Somebody logs in and consents in its own forms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has to fail")]

mod linking;
mod scene;
mod tokens;
