//! Lists that come in pages. A page begins at a name, and names the one that the next page begins at.

use std::collections::BTreeMap;

/// How many a page may have: what is asked for, if the service allows as many; `None` if it does not.
pub(crate) fn size(asked: Option<usize>, most: usize) -> Option<usize> {
    let size = asked.unwrap_or(most);
    (1..=most).contains(&size).then_some(size)
}

/// Those that are wanted, by name from `from` on, at most so many of them; and the name of the next one.
pub(crate) fn page<'m, T>(
    all: &'m BTreeMap<String, T>,
    from: &str,
    size: usize,
    wanted: impl Fn(&str, &T) -> bool,
) -> (Vec<(&'m str, &'m T)>, Option<&'m str>) {
    let mut found = all
        .iter()
        .map(|(name, one)| (name.as_str(), one))
        .filter(|(name, one)| *name >= from && wanted(name, one));
    let page = found.by_ref().take(size).collect();
    (page, found.next().map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_a_gap_and_end() {
        let all: BTreeMap<String, u8> = (0..7).map(|n| (format!("n{n}"), n)).collect();
        for size in 1..9 {
            let (mut seen, mut from) = (vec![], String::new());
            loop {
                let (page, next) = page(&all, &from, size, |_, n| n % 3 > 0);
                assert!(page.len() <= size);
                seen.extend(page.iter().map(|(_, n)| **n));
                match next {
                    Some(next) => from = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!(seen, [1, 2, 4, 5], "pages of {size}");
        }
    }

    #[test]
    fn a_page_has_what_is_asked_for_or_is_refused() {
        assert_eq!([None, Some(1), Some(50)].map(|asked| size(asked, 50)), [Some(50), Some(1), Some(50)]);
        assert_eq!([Some(0), Some(51)].map(|asked| size(asked, 50)), [None, None]);
    }
}
