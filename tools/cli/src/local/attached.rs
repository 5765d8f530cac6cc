//! Files that came with an answer: they are put into a folder of the stack's, for the terminal cannot show them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::reply::Discord;

/// Where Discord keeps them; here they lie at the page's server.
const DISCORDS: &str = "https://cdn.discordapp.com/attachments/";
/// Where we do, below the stack's data folder.
const FOLDER: &str = "files";

/// Keeps the texts of a message; says where they are. Pictures are for the page.
pub(super) async fn keep(
    message: &Value,
    discord: &Discord,
    page: &str,
    data: &Path,
) -> Result<Vec<PathBuf>> {
    let mut kept = Vec::new();
    for file in message["attachments"].as_array().into_iter().flatten() {
        let Some((name, address)) = text(file, page) else { continue };
        let bytes = discord.bytes(&address).await?;
        let path = data.join(FOLDER).join(name);
        fs::create_dir_all(data.join(FOLDER)).context("making the folder of files")?;
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        kept.push(path);
    }
    Ok(kept)
}

/// Its name and where it is, if it is a text of the simulator's. The name comes from outside: it must not lead elsewhere.
fn text<'a>(file: &'a Value, page: &str) -> Option<(&'a str, String)> {
    let (name, kind, url) =
        (file["filename"].as_str()?, file["content_type"].as_str()?, file["url"].as_str()?);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_safe = !name.starts_with('.') && !name.is_empty() && name.chars().all(is_plain);
    let path = url.strip_prefix(DISCORDS).filter(|_| is_safe && kind.starts_with("text/plain"))?;
    Some((name, format!("{}/attachments/{path}", page.trim_end_matches('/'))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(name: &str, kind: &str, url: &str) -> Value {
        json!({ "filename": name, "content_type": kind, "url": url })
    }

    #[test]
    fn a_text_is_found_at_the_pages_server() {
        let receipt =
            file("erasure-receipt.txt", "text/plain; charset=utf-8", &format!("{DISCORDS}1/2/a.txt"));
        let found = text(&receipt, "http://127.0.0.1:1/");
        assert_eq!(
            found,
            Some(("erasure-receipt.txt", "http://127.0.0.1:1/attachments/1/2/a.txt".to_owned()))
        );
    }

    #[test]
    fn a_picture_a_stranger_and_a_name_that_leads_elsewhere_are_left_alone() {
        let url = format!("{DISCORDS}1/2/a.txt");
        for (name, kind, url) in [
            ("cover.png", "image/png", url.as_str()),
            ("a.txt", "text/plain", "https://elsewhere.example/a.txt"),
            ("../a.txt", "text/plain", &url),
            ("..", "text/plain", &url),
            (".bashrc", "text/plain", &url),
            ("a/b.txt", "text/plain", &url),
            ("", "text/plain", &url),
        ] {
            assert_eq!(text(&file(name, kind, url), "http://127.0.0.1:1"), None, "{name} {kind} {url}");
        }
        assert_eq!(text(&json!({}), "http://127.0.0.1:1"), None);
    }
}
