//! Sections of a Markdown page that a program fills: what stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.

use std::path::Path;

/// The section was not written.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The page cannot be read or written.
    #[error("cannot use the page")]
    Io(#[from] std::io::Error),
    /// The page has no such section.
    #[error("the page has no section {0}")]
    NoSection(String),
}

/// Replaces the section `name` of the page.
pub fn write_section(page: &Path, name: &str, text: &str) -> Result<(), PageError> {
    let old = std::fs::read_to_string(page)?;
    let new = replaced(&old, name, text).ok_or_else(|| PageError::NoSection(name.to_owned()))?;
    Ok(std::fs::write(page, new)?)
}

fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- begin {name} -->"), format!("<!-- end {name} -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n{end}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n<!-- begin a -->\nold\n<!-- end a -->\ntext\n<!-- begin b -->\n<!-- end b -->\n";

    #[test]
    fn only_the_named_section_changes() {
        let new = replaced(PAGE, "a", "\nnew\n").unwrap();
        assert_eq!(new, PAGE.replace("old", "new"));
        assert_eq!(replaced(&new, "a", "new").unwrap(), new);
    }

    #[test]
    fn a_missing_section_is_an_error_and_the_page_stays() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.md");
        std::fs::write(&page, PAGE).unwrap();
        assert!(matches!(write_section(&page, "c", "x"), Err(PageError::NoSection(name)) if name == "c"));
        assert_eq!(std::fs::read_to_string(&page).unwrap(), PAGE);
    }
}
